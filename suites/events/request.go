package events

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// errNoPaging is why a page was not asked for again.
var errNoPaging = errors.New("the gateway cannot page")

// tryPage pages an order. It fails with errNoPaging where there is no tracker to
// page, or no endpoint to page by: whether there should be is no matter of events.
func tryPage(s *spec.Scene, name string) error {
	res := s.Post(protocol.PathPage(name), map[string]any{"tracking": true})
	err := done(res, "page order "+name)
	if err == nil {
		return nil
	}
	switch spec.ReturnCode(res) {
	case protocol.CodePagingUnavailable, protocol.CodePagingImpossible, protocol.CodeUnavailable:
		return fmt.Errorf("%w: %s", errNoPaging, res)
	}
	switch res.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return fmt.Errorf("%w: %s", errNoPaging, res)
	}
	return err
}

// page pages an order in the set-up of a case and tells whether it could be paged.
func page(c *spec.C, o protocol.Order) bool {
	err := tryPage(c.Scene, o.Name)
	if err != nil && !errors.Is(err, errNoPaging) {
		c.Broken("the set-up failed: %v", err)
	}
	return err == nil
}

// clearBy clears an order by its name or, where the gateway knows that way (R),
// by its UUID.
func clearBy(c *spec.C, o protocol.Order, uuid bool) {
	if uuid && done(c.Delete(protocol.PathOrder(o.UUID)), "") == nil {
		return
	}
	c.Clear(o)
}

// place starts an order or, with a location, locates it.
func place(s *spec.Scene, name string, kind protocol.OrderType, location string) *client.Response {
	body := map[string]any{"name": name, "orderType": kind}
	if location != "" {
		body["locationName"] = location
	}
	return s.Post(protocol.PathActiveOrders, body)
}

// remove clears an order and gives its name back.
func remove(s *spec.Scene, name string) error {
	if err := done(s.Delete(protocol.PathOrder(name)), "clear order "+name); err != nil {
		return err
	}
	s.Orders.Release(name)
	return nil
}

// giveBack gives a name back whether an order is active under it or not.
func giveBack(s *spec.Scene, name string) {
	res := s.Delete(protocol.PathOrder(name))
	if res.Status/100 == 2 || res.Status == http.StatusNotFound {
		s.Orders.Release(name)
	}
}

// removeAll clears orders, those of each list after one another. The names stay
// taken.
func removeAll(s *spec.Scene, lists [][]string) error {
	errs := make([]error, len(lists))
	var wait sync.WaitGroup
	for i, names := range lists {
		wait.Go(func() {
			for _, name := range names {
				errs[i] = errors.Join(errs[i], done(s.Delete(protocol.PathOrder(name)), "clear order "+name))
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// uuidOf asks for the uuid of an active order.
func uuidOf(s *spec.Scene, name string) (string, error) {
	res := s.Get(protocol.PathOrder(name))
	if err := done(res, "read order "+name); err != nil {
		return "", err
	}
	o, err := res.Object()
	if err == nil {
		o, err = o.Object("activeorder")
	}
	if err != nil {
		return "", fmt.Errorf("read order %s: %w", name, err)
	}
	uuid, err := o.String("uuid")
	if err != nil {
		return "", fmt.Errorf("read order %s: %w", name, err)
	}
	return uuid, nil
}

// done tells why a request was not obeyed.
func done(res *client.Response, what string) error {
	if res.Err != nil {
		return fmt.Errorf("%s: %w", what, res.Err)
	}
	if res.Status/100 != 2 {
		return fmt.Errorf("%s: %s", what, res)
	}
	return nil
}

// connectAll opens n streams, by header and by message in turn.
func connectAll(s *spec.Scene, n int) ([]*spec.Stream, error) {
	streams := make([]*spec.Stream, n)
	for i := range streams {
		mode := modes[i%len(modes)]
		stream, reason := s.Connect(mode)
		if stream == nil {
			return nil, fmt.Errorf("open a WebSocket by %s: %s", mode, reason)
		}
		streams[i] = stream
	}
	return streams, nil
}

// another waits until a stream brings one more message than it had.
func another(ctx context.Context, s *client.Socket, had int) bool {
	_, _, ok := s.Await(ctx, had, func(client.Message) bool { return true })
	return ok
}
