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
func tryPage(s *spec.Scene, name string) (*client.Response, error) {
	res := s.Post(protocol.PathPage(name), map[string]any{"tracking": true})
	err := done(res, "page order "+name)
	if err != nil && cannotPage(res) {
		err = fmt.Errorf("%w: %s", errNoPaging, res)
	}
	return res, err
}

// cannotPage tells whether an answer is that of a gateway which has no tracker, or
// no such endpoint. Whatever code it carries, a 5xx is a failure (RFC 9110 §15.6),
// but for the one that says that there is no such method.
func cannotPage(res *client.Response) bool {
	switch res.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	switch spec.ReturnCode(res) {
	case protocol.CodePagingUnavailable, protocol.CodePagingImpossible, protocol.CodeUnavailable:
		return res.Status < http.StatusInternalServerError
	}
	return false
}

// page pages an order in the set-up of a case and tells whether it could be paged.
func page(c *spec.C, o protocol.Order) bool {
	_, err := tryPage(c.Scene, o.Name)
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

// remove clears an order and gives its name back. It returns the request.
func remove(s *spec.Scene, name string) (client.Exchange, error) {
	res := s.Delete(protocol.PathOrder(name))
	if err := done(res, "clear order "+name); err != nil {
		return res.Exchange, err
	}
	s.Orders.Release(name)
	return res.Exchange, nil
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

// uuidOf asks for the uuid of an active order. It returns the request, too.
func uuidOf(s *spec.Scene, name string) (string, client.Exchange, error) {
	res := s.Get(protocol.PathOrder(name))
	if err := done(res, "read order "+name); err != nil {
		return "", res.Exchange, err
	}
	o, err := res.Object()
	if err == nil {
		o, err = o.Object("activeorder")
	}
	if err != nil {
		return "", res.Exchange, fmt.Errorf("read order %s: %w", name, err)
	}
	uuid, err := o.String("uuid")
	if err != nil {
		return "", res.Exchange, fmt.Errorf("read order %s: %w", name, err)
	}
	return uuid, res.Exchange, nil
}

// listActive lists the active orders. It returns the request, too.
func listActive(c *spec.C) ([]protocol.Object, client.Exchange) {
	res := c.Get(protocol.PathActiveOrders)
	object, err := res.Object()
	if err == nil {
		err = done(res, "list active orders")
	}
	var items []protocol.Object
	if err == nil {
		items, err = object.Objects("items")
	}
	if err != nil {
		c.Broken("the set-up failed: list active orders: %v", err)
	}
	return items, res.Exchange
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
