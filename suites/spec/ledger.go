package spec

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ttcheck/client"
	"ttcheck/protocol"
)

// Ledger hands out names for orders from the range that the run may use, and
// remembers which of them may be active, so that all can be cleared again.
type Ledger struct {
	mu    sync.Mutex
	names protocol.NameRange
	next  int
	busy  map[string]bool // handed out, and perhaps active
	alien map[string]bool // active before the run: never touched
}

func newLedger(names protocol.NameRange) *Ledger {
	if names == (protocol.NameRange{}) {
		names = DefaultNames
	}
	return &Ledger{names: names, next: names.First, busy: map[string]bool{}, alien: map[string]bool{}}
}

// Avoid marks a name as somebody else's.
func (l *Ledger) Avoid(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alien[name] = true
}

// Take hands out a name that no order has; the one that was free for longest.
func (l *Ledger) Take() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range l.names.Last - l.names.First + 1 {
		name := strconv.Itoa(l.next)
		if l.next++; l.next > l.names.Last {
			l.next = l.names.First
		}
		if !l.busy[name] && !l.alien[name] {
			l.busy[name] = true
			return name, nil
		}
	}
	return "", fmt.Errorf("all order names of %s are in use", l.names)
}

// Release takes a name back whose order is known to be cleared.
func (l *Ledger) Release(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, name)
}

// Busy lists the names that may be active.
func (l *Ledger) Busy() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, 0, len(l.busy))
	for name := range l.busy {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ClearOrders clears every order that the run may have left active, and says
// which it could not.
func (e *Env) ClearOrders(ctx context.Context) error {
	var left []string
	for _, name := range e.Orders.Busy() {
		res := e.clearOrder(ctx, e.client, name)
		if !isCleared(res) && !e.isUnknown(ctx, name) {
			left = append(left, fmt.Sprintf("%s (%s)", name, res))
			continue
		}
		e.Orders.Release(name)
	}
	if len(left) > 0 {
		return fmt.Errorf("orders of this run that could not be cleared: %s", strings.Join(left, ", "))
	}
	return nil
}

// RevokeTokens revokes the tokens that the run had made, and says how many it
// could not.
func (e *Env) RevokeTokens(ctx context.Context) error {
	left := 0
	for _, token := range e.OwnTokens() {
		res := e.client.Do(ctx, client.Request{Method: http.MethodDelete, Path: protocol.PathToken, Token: token})
		if res.Status/100 != 2 && res.Status/100 != 4 {
			left++
		}
	}
	if left > 0 {
		return fmt.Errorf("%d tokens of this run could not be revoked", left)
	}
	return nil
}

func (e *Env) clearOrder(ctx context.Context, c *client.Client, id string) *client.Response {
	return c.Do(ctx, client.Request{Method: http.MethodDelete, Path: protocol.PathOrder(id), Token: e.Token()})
}

// isUnknown tells that no order of the name is active, on a gateway that does not
// say so when it is asked to clear one: where none could be made, for instance.
func (e *Env) isUnknown(ctx context.Context, name string) bool {
	res := e.client.Do(ctx, client.Request{Path: protocol.PathOrder(name), Token: e.Token()})
	return res.Status == http.StatusNotFound
}

// isCleared tells from the answer to a DELETE that no order of the name is active
// any more: it was cleared, or there was none (R: 404, -6).
func isCleared(res *client.Response) bool {
	return res.Status/100 == 2 || res.Status == http.StatusNotFound || ReturnCode(res) == protocol.CodeOrderNotFound
}
