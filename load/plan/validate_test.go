package plan_test

import (
	"math"
	"testing"

	"ttcheck/load/plan"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(p *plan.Plan){
		"default":            func(*plan.Plan) {},
		"passive":            func(p *plan.Plan) { p.Rate, p.Mix = 0, plan.Mix{} },
		"passive, one name":  func(p *plan.Plan) { p.Rate, p.Names = 0, "1-1" },
		"no ramp":            func(p *plan.Plan) { p.Ramp = 0 },
		"ramp alone":         func(p *plan.Plan) { p.Duration = 0 },
		"the most":           func(p *plan.Plan) { p.Sockets, p.Rate, p.HistoryRate, p.Churn = 1_000_000, 1e5, 1e5, 1e5 },
		"as long as may be":  func(p *plan.Plan) { p.Ramp, p.Duration = 0, seconds(24*3600) },
		"rests":              func(p *plan.Plan) { *p = p.WithStages(plan.Stage{Duration: 1}, plan.Stage{Duration: 1, Sockets: 1}) },
		"create alone":       func(p *plan.Plan) { p.Mix = plan.Mix{Create: 1} },
		"all in turn leave":  func(p *plan.Plan) { p.Sockets, p.Churn = 5, 5 },
		"a thousand weights": func(p *plan.Plan) { p.Mix.Page = 1000 },
	} {
		p := plan.Default()
		change(&p)
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	staged := func(stages ...plan.Stage) func(p *plan.Plan) {
		return func(p *plan.Plan) { *p = p.WithStages(stages...) }
	}
	good := plan.Stage{Duration: seconds(1), Sockets: 1, Rate: 1}
	for name, test := range map[string]struct {
		change func(p *plan.Plan)
		words  string
	}{
		"no sockets":           {func(p *plan.Plan) { p.Sockets = 0 }, "sockets: the plan has none: use at least 1"},
		"fewer than none":      {func(p *plan.Plan) { p.Sockets = -1 }, "sockets: -1 is out of bounds: use 0 to 1000000"},
		"too many sockets":     {func(p *plan.Plan) { p.Sockets = 1_000_001 }, "sockets: "},
		"no time":              {func(p *plan.Plan) { p.Ramp, p.Duration = 0, 0 }, "duration: the plan takes no time"},
		"ramp too long":        {func(p *plan.Plan) { p.Ramp = seconds(24*3600 + 1) }, "ramp: 24h0m1s is out of bounds: use 0s to 24h"},
		"ramp below zero":      {func(p *plan.Plan) { p.Ramp = -1 }, "ramp: "},
		"duration below zero":  {func(p *plan.Plan) { p.Duration = -1 }, "duration: "},
		"too long in all":      {func(p *plan.Plan) { p.Duration = seconds(24 * 3600) }, "duration: the plan takes 24h0m10s in all"},
		"rate below zero":      {func(p *plan.Plan) { p.Rate = -1 }, "rate: -1 is out of bounds: use 0 to 100000 per second"},
		"rate too high":        {func(p *plan.Plan) { p.Rate = 100_001 }, "rate: "},
		"rate without end":     {func(p *plan.Plan) { p.Rate = math.Inf(1) }, "rate: "},
		"rate is no number":    {func(p *plan.Plan) { p.Rate = math.NaN() }, "rate: "},
		"history is no number": {func(p *plan.Plan) { p.HistoryRate = math.NaN() }, "history_rate: "},
		"churn is no number":   {func(p *plan.Plan) { p.Churn = math.NaN() }, "churn: "},
		"churn below zero":     {func(p *plan.Plan) { p.Churn = -1 }, "churn: "},
		"too much churn":       {func(p *plan.Plan) { p.Churn = 501 }, "churn: 501 per second, each away for 1s, need as many sockets, and there are 500"},
		"auth":                 {func(p *plan.Plan) { p.Auth = "" }, "auth: \"\" is unknown: use header or message"},
		"arrivals":             {func(p *plan.Plan) { p.Arrivals = "even\n" }, "arrivals: \"even\\n\" is unknown: use constant or poisson"},
		"names":                {func(p *plan.Plan) { p.Names = "many" }, "order names \"many\""},
		"one name":             {func(p *plan.Plan) { p.Names = "1-1" }, "order_names: 1-1 is too few names: use at least 2"},
		"nothing is made":      {func(p *plan.Plan) { p.Mix.Create = 0 }, "has no create"},
		"weight below zero":    {func(p *plan.Plan) { p.Mix.Page = -1 }, "mix: a weight of -1 is out of bounds: use 0 to 1000"},
		"weight too high":      {func(p *plan.Plan) { p.Mix.Page = 1001 }, "mix: a weight of 1001"},
		"both forms":           {func(p *plan.Plan) { p.Stages = []plan.Stage{good} }, "stages: they exclude sockets"},
		"too many stages":      {staged(make([]plan.Stage, 1001)...), "stages: 1001 are too many: use at most 1000"},
		"stage without time":   {staged(good, plan.Stage{Sockets: 1}), "stage 2: duration: use one above zero"},
		"stage below zero":     {staged(plan.Stage{Duration: -1, Sockets: 1}), "stage 1: duration: "},
		"stage sockets":        {staged(good, plan.Stage{Duration: 1, Sockets: -1}), "stage 2: sockets: "},
		"stage rate":           {staged(good, plan.Stage{Duration: 1, Rate: -1}), "stage 2: rate: "},
		"stages, no sockets":   {staged(plan.Stage{Duration: 1, Rate: 1}), "sockets: the plan has none"},
		"stages too long":      {staged(good, plan.Stage{Duration: seconds(24 * 3600)}), "duration: the plan takes"},
		"nothing":              {func(p *plan.Plan) { *p = plan.Plan{} }, "takes no time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan.Default()
			test.change(&p)
			oneLine(t, p.Validate(), test.words)
		})
	}
}
