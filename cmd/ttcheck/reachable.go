package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"ttcheck/client"
	"ttcheck/protocol"
)

// answersAsGateway refuses a target that does not answer, or that is clearly no gateway,
// before anybody is asked to press a button.
func answersAsGateway(ctx context.Context, gateway *client.Client) error {
	online := gateway.Do(ctx, client.Request{Path: protocol.Base})
	if online.Err != nil {
		return doesNotAnswer(gateway, online.Err)
	}
	if online.Status != http.StatusNotFound {
		return nil
	}
	if active := gateway.Do(ctx, client.Request{Path: protocol.PathActiveOrders}); active.Status == http.StatusNotFound {
		return fmt.Errorf("%s answers, but not as a Table Tracker gateway: GET %s and GET %s are both 404 (wrong port?)",
			gateway.Address(), protocol.Base, protocol.PathActiveOrders)
	}
	return nil
}

// doesNotAnswer says in a few words why a gateway could not be asked.
func doesNotAnswer(gateway *client.Client, err error) error {
	reason := err
	if op, ok := errors.AsType[*net.OpError](err); ok {
		reason = op.Err
	}
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		reason = errors.New("its name cannot be looked up")
		if unknown.IsNotFound {
			reason = errors.New("no such host")
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		reason = fmt.Errorf("no answer within %v", requestTimeout)
	}
	return fmt.Errorf("%s does not answer: %w", gateway.Address(), reason)
}
