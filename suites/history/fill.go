package history

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	// maxMade bounds the orders that a case makes only to have enough of them.
	maxMade = 110
	// makers is how many of them are made at a time.
	makers = 4
)

// fill sees to it that the history holds at least so many orders, by making and
// clearing further ones if that is allowed. It returns how many there are, at
// most the number wanted.
func fill(c *spec.C, wanted int) int {
	there := known(c, wanted)
	if there >= wanted || !mayMake(c) {
		return there
	}
	if err := makeFinished(c, min(wanted-there, maxMade)); err != nil {
		c.Broken("the set-up failed: %v", err)
	}
	for give := time.Now().Add(spec.Patience); there < wanted && time.Now().Before(give); {
		if c.Until(time.Now().Add(glance)) != nil {
			break
		}
		there = known(c, wanted)
	}
	return there
}

// makeFinished makes orders and clears them at once, under few names.
func makeFinished(c *spec.C, n int) error {
	var (
		wait sync.WaitGroup
		left atomic.Int64
		errs [makers]error
	)
	left.Store(int64(n))
	for i := range makers {
		name := c.OrderName()
		wait.Go(func() {
			for errs[i] == nil && left.Add(-1) >= 0 {
				errs[i] = makeOne(c, name)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs[:]...)
}

func makeOne(c *spec.C, name string) error {
	if res := c.PostOrder(name, protocol.ToGo, ""); res.Status/100 != 2 {
		return fmt.Errorf("start order %s: %s", name, res)
	}
	// Somebody who clears all orders may be faster.
	if res := c.Delete(protocol.PathOrder(name)); res.Status/100 != 2 && res.Status != http.StatusNotFound {
		return fmt.Errorf("clear order %s: %s", name, res)
	}
	return nil
}
