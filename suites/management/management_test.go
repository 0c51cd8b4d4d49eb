package management

import (
	"cmp"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

func TestMain(m *testing.M) {
	callPatience = 3 * time.Second // a gateway in this process needs less
	goleak.VerifyTestMain(m)
}

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// start runs a gateway with a fault, or a sound one.
func start(t *testing.T, f fault) *spec.Env {
	t.Helper()
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0", Tokens: []string{secret}, Middleware: f.middleware,
		Timing: protocol.Timing{TokenDeadline: time.Hour}, // no case here waits for it
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return environment(t, g.Addr(), secret)
}

func environment(t *testing.T, address, token string) *spec.Env {
	t.Helper()
	env := spec.NewEnv(
		spec.Target{Address: address},
		spec.Settings{Profile: "reference", Grace: time.Second, Allowed: spec.Leaves},
	)
	t.Cleanup(env.Close)
	env.UseToken(token)
	return env
}

// run executes every case of the chapter and compares the verdicts, by requirement
// or by case; one that is not named is to pass.
func run(t *testing.T, env *spec.Env, want map[string]report.Verdict) {
	t.Helper()
	for _, k := range Chapter.Cases {
		expected := cmp.Or(want[k.FullName()], want[k.ID], report.Pass)
		if o := spec.Execute(t.Context(), env, k); o.Verdict != expected {
			t.Errorf("%s: %s, want %s: %s %+v", k.FullName(), o.Verdict, expected, o.Reason, o.Findings)
		}
	}
	if busy := env.Orders.Busy(); len(busy) > 0 {
		t.Errorf("names that were not given back: %v", busy)
	}
}

func TestChapterHolds(t *testing.T) {
	t.Parallel()
	run(t, start(t, fault{}), nil)
}

// TestChapterHoldsOnTheForeignGateway runs it against a gateway that takes the other
// choice wherever the protocol is open.
func TestChapterHoldsOnTheForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := environment(t, g.Addr(), "")
	g.Press()
	o, _ := env.Scene(t.Context()).Do(client.Request{Path: protocol.PathGenerate}).Object()
	token, _ := o.Object("token")
	made, err := token.String("token")
	if err != nil {
		t.Fatal(err)
	}
	env.UseToken(made)
	run(t, env, nil)
}

// TestGatewayWithoutTheChapter proves that only what it lacks is found missing.
func TestGatewayWithoutTheChapter(t *testing.T) {
	t.Parallel()
	managed := regexp.MustCompile("^" + protocol.Base + "/(statistics|gateway|repeaters|register)")
	env := start(t, fault{serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if managed.MatchString(r.URL.Path) {
			http.NotFound(w, r)
		}
		return managed.MatchString(r.URL.Path)
	}})
	warn, skip := report.Warning, report.Skipped
	run(t, env, map[string]report.Verdict{
		"MGMT-01": warn, "MGMT-02": warn, "MGMT-04": warn, "MGMT-05": warn, "MGMT-06": warn,
		"MGMT-01 bad target_time": skip, "MGMT-04 bad refresh": skip, "MGMT-03": skip, "MGMT-07": skip, "MGMT-08": skip,
	})
}

// TestNothingChangesWithoutLeave proves that what could change a device is not sent.
func TestNothingChangesWithoutLeave(t *testing.T) {
	t.Parallel()
	env := start(t, fault{serve: func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.URL.Path)
		}
		return false
	}})
	env.Settings.Allowed = []spec.Leave{spec.LeaveOrders, spec.LeaveDestructive, spec.LeaveRobustness}
	run(t, env, map[string]report.Verdict{
		"MGMT-03": report.Skipped, "MGMT-05": report.Skipped, "MGMT-07": report.Skipped, "MGMT-08": report.Skipped,
	})
}

// TestCasesFindFaults breaks what each requirement asks for, and sees a case of it,
// and no other, find that and say what it saw.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := start(t, f)
			id, _, _ := strings.Cut(name, " ")
			var seen []string
			for _, k := range Chapter.Cases {
				o := spec.Execute(t.Context(), env, k)
				for _, finding := range o.Findings {
					seen = append(seen, k.ID+": expected "+finding.Expected+", actual "+finding.Actual)
				}
				if want := o.Verdict == report.Pass || o.Verdict == report.Warning && k.ID == id; !want {
					t.Errorf("%s: %s: %s %+v", k.FullName(), o.Verdict, o.Reason, o.Findings)
				}
			}
			if !strings.Contains(strings.Join(seen, "\n"), f.found) || len(seen) == 0 {
				t.Errorf("nothing says %q; found: %q", f.found, seen)
			}
			if now := shown(t, env); id != "MGMT-02" && now != untouched {
				t.Errorf("the settings are left as %s, want %s", now, untouched)
			}
		})
	}
}

// untouched are the settings of a gateway of which nobody asked anything.
const untouched = `0 300 "America/Phoenix"`

func shown(t *testing.T, env *spec.Env) string {
	t.Helper()
	now := settingsOf(env.Scene(t.Context()).Get(protocol.PathSettings))
	return string(now["zigbeePreset"]) + " " + string(now["targetTimeDefault"]) + " " + string(now["timezone"])
}

// faults lists ways to break each requirement, and what is then to be read.
func faults() map[string]fault {
	const get, post = http.MethodGet, http.MethodPost
	number := func(s string) string { // as a lenient parser reads it
		n, _ := strconv.Atoi(strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' }))
		return strconv.Itoa(max(n, 1))
	}
	return map[string]fault{
		"MGMT-01 elsewhere":       without(`"statistics" is missing`, protocol.PathStatistics, func(b object) { b["stats"] = b["statistics"]; delete(b, "statistics") }),
		"MGMT-01 null":            without(`"statistics" is null`, protocol.PathStatistics, func(b object) { b["statistics"] = nil }),
		"MGMT-01 server error":    onAnswers("to be answered 400", get, protocol.PathStatistics, 400, 500, -22),
		"MGMT-01 another status":  onAnswers("to be answered 400", get, protocol.PathStatistics, 400, 422, -22),
		"MGMT-01 code":            onAnswers("carry returnCode -22", get, protocol.PathStatistics, 400, 400, -23),
		"MGMT-01 lenient":         onQuery(`target_time "12x" to be answered 400`, protocol.PathStatistics, "target_time", number),
		"MGMT-01 no target times": onQuery("target_time \"300\" to be answered 2xx", protocol.PathStatistics, "target_time", func(string) string { return "x" }),
		"MGMT-02 code":            onAnswers("carry returnCode 13", get, protocol.PathSettings, 200, 200, 15),
		"MGMT-02 key":             without(`"timezone" is missing`, protocol.PathSettings, func(b object) { delete(b["settings"].(object), "timezone") }),
		"MGMT-02 spelling": without(`"targetTimeDefault" is missing`, protocol.PathSettings, func(b object) {
			s := b["settings"].(object)
			s["target_time_default"] = s["targetTimeDefault"]
			delete(s, "targetTimeDefault")
		}),
		"MGMT-03 unknown code":        onAnswers("carry returnCode -20", post, protocol.PathSettings, 400, 400, -21),
		"MGMT-03 invalid code":        onAnswers("carry returnCode -21", post, protocol.PathSettings, 400, 400, -20),
		"MGMT-03 server error":        onAnswers("to be refused with 4xx", post, protocol.PathSettings, 400, 500, -21),
		"MGMT-03 ignores unknown":     onPosts("ttcheckNoSuchSetting", protocol.PathSettings, func(b object) { delete(b, "ttcheckNoSuchSetting") }),
		"MGMT-03 half a change":       obeysInOrder(`targetTimeDefault is "301" now`),
		"MGMT-03 no check of numbers": onPosts(`targetTimeDefault is "1" now`, protocol.PathSettings, clampTarget),
		"MGMT-03 any zone":            onPosts(`timezone is "\"UTC\"" now`, protocol.PathSettings, anyZone),
		"MGMT-03 refuses but obeys":   refusesButObeys(`targetTimeDefault is "301" now`),
		"MGMT-04 code":                onAnswers("carry returnCode 15", get, protocol.PathRepeaters, 200, 200, 5),
		"MGMT-04 bad code":            onAnswers("carry returnCode -15", get, protocol.PathRepeaters, 400, 400, -16),
		"MGMT-04 any text is true":    onQuery(`refresh "ttcheck" to be refused`, protocol.PathRepeaters, "refresh", func(string) string { return "true" }),
		"MGMT-04 server error":        onAnswers("to be refused with 4xx", get, protocol.PathRepeaters, 400, 500, -15),
		"MGMT-05 refuses":             onAnswers("POST /api/v2/register to be answered 2xx", post, protocol.PathRegister, 200, 400, -29),
		"MGMT-05 never calls":         calling("a firewall between", func(string, *http.Request) {}),
		"MGMT-05 calls by GET":        calling("0 of them by POST", callAs(get)),
		"MGMT-05 names no order":      calling("none of these named the order", callWith(`{"type":"ORDER_MODIFIED"}`)),
		"MGMT-05 created only":        calling("of an order being located", callFirst()),
		"MGMT-05 not on clearing":     calling("of an order being cleared", callOn(post)),
		"MGMT-06 no state":            without(`"state" is missing`, protocol.PathActivate, func(b object) { delete(b, "state") }),
		"MGMT-06 null":                without(`"state" is null`, protocol.PathActivate, func(b object) { b["state"] = nil }),
		"MGMT-07 malformed code":      onAnswers("carry returnCode -17", post, protocol.PathActivate, 400, 400, -18),
		"MGMT-07 missing code":        onAnswers("carry returnCode -18", post, protocol.PathActivate, 400, 400, -17),
		"MGMT-07 server error":        onAnswers("to be refused with 4xx", post, protocol.PathActivate, 400, 500, -17),
		"MGMT-07 not anchored":        onPosts(`"x012-3456-789"`, protocol.PathActivate, cutCode),
		"MGMT-08 server error":        onAnswers("to be refused with 4xx", post, protocol.PathBeginPairing, 400, 500, -16),
		"MGMT-08 code":                onAnswers("carry returnCode -16", post, protocol.PathBeginPairing, 400, 400, -21),
		"MGMT-08 a byte":              onPosts("timeout 256 to be refused", protocol.PathBeginPairing, cutTimeout),
		"MGMT-08 a limit too high":    onPosts("timeout 255 to be refused", protocol.PathBeginPairing, lessTimeout),
		"MGMT-08 any":                 answersOnly("timeout -1 to be refused", protocol.PathBeginPairing, `{"status":200,"returnCode":1012}`),
	}
}
