package load

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ttcheck/protocol"
)

// prepare finds out whether the run can begin: whether the gateway answers, takes the token,
// and has no order of the names that the run is to use.
func (r *run) prepare(ctx context.Context) (*orders, error) {
	orders := newOrders(r)
	online := r.http.ask(ctx, question{method: http.MethodGet, path: protocol.Base, within: dialWithin})
	if online.err != nil {
		return nil, fmt.Errorf("%s does not answer: %s", r.cfg.Address, reason(online.err))
	}
	active := r.http.ask(ctx, question{method: http.MethodGet, path: protocol.PathActiveOrders, secure: true, within: dialWithin, most: maxList})
	switch {
	case active.err != nil:
		return nil, fmt.Errorf("%s does not answer under the token: %s", r.cfg.Address, reason(active.err))
	case online.status == http.StatusNotFound && active.status == http.StatusNotFound:
		return nil, fmt.Errorf("%s answers, but not as a Table Tracker gateway: GET %s and GET %s are both 404 (wrong port?)",
			r.cfg.Address, protocol.Base, protocol.PathActiveOrders)
	case active.status/100 == 4:
		return nil, fmt.Errorf("%s refuses the token (%v to GET %s): is it another gateway's, or revoked?",
			r.cfg.Address, active, protocol.PathActiveOrders)
	case !active.ok():
		return nil, fmt.Errorf("%s answers %v to GET %s", r.cfg.Address, active, protocol.PathActiveOrders)
	}
	if r.cfg.Plan.PeakRate() == 0 {
		return orders, nil
	}
	taken, err := r.taken(active)
	if err != nil {
		return nil, err
	}
	if len(taken) > 0 {
		return nil, fmt.Errorf("orders %s are active already, and the plan is to use their names: give others by --order-names", strings.Join(ranges(taken), ", "))
	}
	return orders, r.tryOne(ctx)
}

// taken are the active orders whose names are the run's.
func (r *run) taken(active answer) ([]int, error) {
	object, err := protocol.ParseObject(active.body)
	if err != nil {
		return nil, fmt.Errorf("%s answers GET %s with what is not one JSON object of at most %d bytes", r.cfg.Address, protocol.PathActiveOrders, maxList)
	}
	items, _ := object.Objects("items")
	var names []int
	for _, item := range items {
		name, _ := item.String("name")
		if index, ok := r.ledger.index([]byte(name)); ok && r.cfg.Shard.OwnsName(index) {
			names = append(names, r.ledger.names.First+index)
		}
	}
	slices.Sort(names)
	return names, nil
}

// tryOne makes and clears an order, so that a gateway that makes none is one error.
func (r *run) tryOne(ctx context.Context) error {
	for index := range r.ledger.names.Len() {
		if !r.cfg.Shard.OwnsName(index) {
			continue
		}
		name := strconv.Itoa(r.ledger.names.First + index)
		// Not cut off by Ctrl-C: what became of the order must be known, to clear it.
		ctx := context.WithoutCancel(ctx)
		made := r.http.ask(ctx, question{
			method: http.MethodPost, path: protocol.PathActiveOrders, secure: true, within: dialWithin,
			body: newOrder{Name: name, Type: protocol.OnPremise},
		})
		cleared := r.http.ask(ctx, question{method: http.MethodDelete, path: protocol.PathOrder(name), secure: true, within: dialWithin})
		switch {
		case !made.ok():
			return fmt.Errorf("%s makes no orders: POST %s is answered %v", r.cfg.Address, protocol.PathActiveOrders, made)
		case !cleared.ok():
			return fmt.Errorf("%s clears no orders: DELETE %s is answered %v, and order %s may be active still", r.cfg.Address, protocol.PathOrder(name), cleared, name)
		}
		return nil
	}
	return fmt.Errorf("shard %s has no order name of its own: give more by --order-names", r.cfg.Shard)
}
