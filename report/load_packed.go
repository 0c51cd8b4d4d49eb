package report

import (
	"sync"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// packers keeps packers between the seconds of a run: a new one takes a megabyte.
var packers = sync.Pool{New: func() any { return newPacker() }}

// Pack moves Latency to Packed. A histogram that is not of NewHistogram, or has more
// samples than are possible, cannot be packed: it stays as it is, and WriteLoadJSON and
// MergeLoads refuse it.
func (s *LoadSecond) Pack() {
	if s.Latency == nil {
		return
	}
	p := packers.Get().(*packer) //nolint:forcetypeassert // the pool holds nothing else
	defer packers.Put(p)
	if text, err := p.sampled(s.Latency); err == nil {
		s.Packed, s.Latency = text, nil
	}
}

// Histogram returns event_latency within the second, in microseconds: Latency itself, or
// what is packed; nil without samples. A packed text that is not a whole histogram of
// NewHistogram is an error, and takes no more memory than any other.
func (s LoadSecond) Histogram() (*hdrhistogram.Histogram, error) {
	h := s.Latency
	if h == nil && s.Packed != "" {
		var err error
		if h, err = decodeHistogram(s.Packed); err != nil {
			return nil, err
		}
	}
	if h == nil || h.TotalCount() == 0 {
		return nil, nil //nolint:nilnil // a second without samples is no error
	}
	return h, nil
}

// sampled is p.histogram, but empty without samples.
func (p *packer) sampled(h *hdrhistogram.Histogram) (string, error) {
	if err := usable(h); err != nil || h.TotalCount() == 0 {
		return "", err
	}
	return p.histogram(h)
}
