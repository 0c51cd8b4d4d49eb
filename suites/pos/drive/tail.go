package drive

import (
	"bytes"
	"strings"
	"sync"
)

// maxTail is how many bytes are kept of the end of an integration's output.
const maxTail = 4 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte // the last bytes, up to twice as many as are wanted
	cut  bool   // some are forgotten
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := p[max(0, len(p)-maxTail):]
	if len(t.kept)+len(fresh) > 2*maxTail {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-maxTail:]...)
		t.cut = true
	}
	t.kept = append(t.kept, fresh...)
	t.cut = t.cut || len(fresh) < len(p)
	return len(p), nil
}

// text is the end of the output, in whole lines unless there is none.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, cut := t.kept, t.cut
	if len(last) > maxTail {
		last, cut = last[len(last)-maxTail:], true
	}
	if end := bytes.IndexByte(last, '\n'); cut && end >= 0 && end+1 < len(last) {
		last = last[end+1:]
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(last), "\uFFFD"))
}
