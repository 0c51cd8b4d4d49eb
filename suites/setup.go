package suites

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
	"ttcheck/suites/token"
)

// reachTimeout is how long a target may take to answer at all.
const reachTimeout = 4 * time.Second

// prepare finds out whether a run can begin, so that a set-up that is wrong is
// one error and not a hundred failures.
func prepare(ctx context.Context, cfg Config, env *spec.Env, cases []spec.Case) error {
	scene := env.Scene(ctx)
	defer scene.CleanUp()
	if err := reach(ctx, env); err != nil {
		return err
	}
	if err := obtainToken(ctx, cfg, env, scene, cases); err != nil {
		return err
	}
	if anyNeeds(env, cases, spec.NeedOrders, spec.NeedOrdersLeave) && env.Token() != "" {
		tryOrders(env, scene)
	}
	return nil
}

// reach asks for the online check, and refuses a target that does not answer or
// is clearly no gateway.
func reach(ctx context.Context, env *spec.Env) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	scene := env.Scene(ctx)
	online := scene.Do(client.Request{Path: protocol.Base})
	if online.Err != nil {
		return setupFailed("%s does not answer: %s", env.Target.Address, plainReason(online.Err))
	}
	if online.Status != http.StatusNotFound {
		return nil
	}
	if generate := scene.Do(client.Request{Path: protocol.PathActiveOrders}); generate.Status == http.StatusNotFound {
		return setupFailed("%s answers, but not as a Table Tracker gateway: GET %s and GET %s are both 404 (wrong port?)",
			env.Target.Address, protocol.Base, protocol.PathActiveOrders)
	}
	return nil
}

// plainReason says why there is no answer in a few words.
func plainReason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", reachTimeout)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err.Error()
	}
	return err.Error()
}

func obtainToken(ctx context.Context, cfg Config, env *spec.Env, scene *spec.Scene, cases []spec.Case) error {
	if cfg.Token != "" {
		env.UseToken(cfg.Token)
		return checkToken(env, scene)
	}
	if !anyNeeds(env, cases, spec.NeedToken, spec.NeedButton) {
		return nil
	}
	if env.Target.Press == nil {
		return usage("%s needs a token: give one by --token-file or TTCHECK_TOKEN, or have one made by --press prompt, exec:COMMAND or http:URL", env.Target.Address)
	}
	window, err := token.QuickWindow.Now(ctx, env)
	if err != nil {
		return setupFailed("no token: %v", err)
	}
	if secret := window.FirstToken(); secret != "" {
		env.UseToken(secret)
		return nil
	}
	if !slices.ContainsFunc(cases, func(k spec.Case) bool { return k.ID == "TOK-03" }) {
		return setupFailed("no token: the button was pressed, but GET %s still answers: %s", protocol.PathGenerate, window.LastAnswer())
	}
	return nil // TOK-03 fails, with the proof, and what needs a token is skipped
}

// checkToken asks with the token that was given for what every gateway serves.
func checkToken(env *spec.Env, scene *spec.Scene) error {
	res := scene.Get(protocol.PathHistory, url.Values{"limit": {"1"}})
	switch {
	case res.Err != nil:
		return setupFailed("%s does not answer under the token given: %s", env.Target.Address, plainReason(res.Err))
	case res.Status/100 == 4:
		return setupFailed("%s refuses the token given (%s): is it another gateway's, or revoked?", env.Target.Address, res)
	}
	return nil
}

// tryOrders finds out whether the gateway makes orders by its API, and which
// names of the range are somebody else's.
func tryOrders(env *spec.Env, scene *spec.Scene) {
	if o, err := scene.Get(protocol.PathActiveOrders).Object(); err == nil {
		items, _ := o.Objects("items")
		for _, item := range items {
			name, _ := item.String("name")
			env.Orders.Avoid(name)
		}
	}
	name, err := env.Orders.Take()
	if err != nil {
		env.NoOrders(err.Error())
		return
	}
	res := scene.Post(protocol.PathActiveOrders, map[string]any{"name": name, "orderType": protocol.ToGo})
	if res.Status/100 != 2 {
		env.NoOrders(fmt.Sprintf("POST %s is answered %s", protocol.PathActiveOrders, res))
	}
	if cleared := scene.Delete(protocol.PathOrder(name)); cleared.Status/100 == 2 || cleared.Status == http.StatusNotFound {
		env.Orders.Release(name)
	}
}

// anyNeeds tells whether a case that may run has one of the needs.
func anyNeeds(env *spec.Env, cases []spec.Case, wanted ...spec.Need) bool {
	return slices.ContainsFunc(cases, func(k spec.Case) bool {
		needs := k.AllNeeds()
		kind, _ := env.Unmet(needs)
		return (kind == "" || kind == report.Unsupported || kind == report.NeedsOperator) &&
			slices.ContainsFunc(needs, func(n spec.Need) bool { return slices.Contains(wanted, n) })
	})
}
