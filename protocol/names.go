package protocol

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxNames bounds a range of order names.
const maxNames = 10_000

// NameRange is a range of order names, which are strings of digits (R), both ends
// included. What plays a POS keeps to such a range, so that nobody else's orders are touched.
type NameRange struct{ First, Last int }

// ParseNameRange reads FIRST-LAST, such as 9000-9099.
func ParseNameRange(s string) (NameRange, error) {
	first, last, ok := strings.Cut(s, "-")
	var r NameRange
	var err1, err2 error
	r.First, err1 = strconv.Atoi(first)
	r.Last, err2 = strconv.Atoi(last)
	switch {
	case !ok || errors.Join(err1, err2) != nil || r.Last < 0:
		return r, fmt.Errorf("order names %.40q are no range such as 9000-9099", s)
	case r.Last-r.First >= maxNames:
		return r, fmt.Errorf("order names %.40q: the range must hold at most %d names", s, maxNames)
	case r.Last < r.First:
		return r, fmt.Errorf("order names %.40q: the last comes before the first", s)
	}
	return r, nil
}

// Len is how many names there are.
func (r NameRange) Len() int { return r.Last - r.First + 1 }

func (r NameRange) String() string { return fmt.Sprintf("%d-%d", r.First, r.Last) }
