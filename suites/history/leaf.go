package history

import (
	"errors"
	"fmt"

	"ttcheck/client"
	"ttcheck/suites/spec"
)

// leaf is one page that was read.
type leaf struct {
	asked params
	uuids []string
	proof client.Exchange
}

func turn(c *spec.C, p params) leaf {
	rows, proof := listed(c, p)
	return leaf{p, uuids(rows), proof}
}

// misfit tells what is wrong with one of several pages.
type misfit struct {
	page int // its index
	text string
}

func (m *misfit) Error() string { return m.text }

func misfitf(page int, format string, args ...any) error {
	return &misfit{page, fmt.Sprintf(format, args...)}
}

// fault is what is wrong with answers, with those that prove it, the deciding one
// first.
type fault struct {
	text  string
	proof []client.Exchange
}

func (f *fault) Error() string { return f.text }

// blame names the page of which an error tells, and the list that it contradicts.
func blame(err error, pages []leaf, whole leaf) error {
	m, ok := errors.AsType[*misfit](err)
	if !ok {
		return err
	}
	page := pages[m.page]
	return &fault{fmt.Sprintf("in the answer to %s, %s", page.asked, m.text), []client.Exchange{page.proof, whole.proof}}
}

// proofOf is what proves errors that were joined, each once.
func proofOf(errs ...error) []client.Exchange {
	var proof []client.Exchange
	for _, err := range errs {
		if f, ok := errors.AsType[*fault](err); ok {
			proof = append(proof, f.proof...)
		}
	}
	return proof
}

// both is one fault made of two, of which either may be nil.
func both(a, b error) error {
	err := errors.Join(a, b)
	if err == nil {
		return nil
	}
	return &fault{err.Error(), proofOf(a, b)}
}

// empty judges a page behind the last order of a list.
func empty(behind, whole leaf) error {
	if len(behind.uuids) == 0 {
		return nil
	}
	return &fault{
		fmt.Sprintf("behind the last order %s lists %.40s", behind.asked, behind.uuids[0]),
		[]client.Exchange{behind.proof, whole.proof},
	}
}
