package wire

import "sync"

const (
	smallChunk = 4 << 10
	// largestSpare is how large a buffer may have grown and still be kept for another use:
	// a gateway that sends one giant message to each socket would have us keep them all.
	largestSpare = 256 << 10
)

// chunk is a buffer for what came in part. Few sockets have one at any time.
type chunk struct {
	bytes []byte
}

var spares = sync.Pool{New: func() any { return &chunk{bytes: make([]byte, 0, smallChunk)} }}

// take returns an empty chunk.
func take() *chunk {
	c, _ := spares.Get().(*chunk) // New makes no other
	c.bytes = c.bytes[:0]
	return c
}

// giveBack lets others use the chunk, which may be nil.
func (c *chunk) giveBack() {
	if c != nil && cap(c.bytes) <= largestSpare {
		spares.Put(c)
	}
}
