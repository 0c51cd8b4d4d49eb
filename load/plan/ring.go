package plan

// ring is a queue that allocates only when it holds more than ever before.
type ring[T any] struct {
	slots []T
	head  int
	n     int
}

func newRing[T any](size int) ring[T] { return ring[T]{slots: make([]T, max(size, 1))} }

func (r *ring[T]) push(v T) {
	if r.n == len(r.slots) {
		slots := make([]T, 2*r.n)
		copied := copy(slots, r.slots[r.head:])
		copy(slots[copied:], r.slots[:r.head])
		r.slots, r.head = slots, 0
	}
	i := r.head + r.n
	if i >= len(r.slots) {
		i -= len(r.slots)
	}
	r.slots[i] = v
	r.n++
}

// pop takes the oldest; there must be one.
func (r *ring[T]) pop() T {
	v := r.slots[r.head]
	if r.head++; r.head == len(r.slots) {
		r.head = 0
	}
	r.n--
	return v
}

// first is the oldest; there must be one.
func (r *ring[T]) first() T { return r.slots[r.head] }
