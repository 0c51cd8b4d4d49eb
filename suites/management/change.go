package management

import (
	"fmt"
	"net/http"
	"strconv"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Changes of settings that must be refused. A gateway that obeys one has its
// settings put back.

// A change with something wrong in it, and the code that describes it.
type change struct {
	body string // JSON, in whose order a careless gateway may obey
	code protocol.ReturnCode
}

func refusesUnknownSettings(c *spec.C) {
	const unknown = `"ttcheckNoSuchSetting":1`
	expectNoChange(c, func(good string) []change {
		changes := []change{{"{" + unknown + "}", protocol.CodeUnknownSetting}}
		for _, body := range beside(good, unknown) {
			changes = append(changes, change{body, protocol.CodeUnknownSetting})
		}
		return changes
	})
}

// invalid are values that no reading takes for a preset, a time or a zone.
var invalid = []string{
	`"zigbeePreset":"ttcheck"`, `"zigbeePreset":["ttcheck"]`,
	`"targetTimeDefault":"ttcheck"`, `"targetTimeDefault":-300`, `"targetTimeDefault":["ttcheck"]`,
	`"timezone":"Nowhere/Ttcheck"`, `"timezone":{"ttcheck":1}`,
}

func refusesInvalidSettings(c *spec.C) {
	expectNoChange(c, func(good string) []change {
		var changes []change
		for _, wrong := range invalid {
			changes = append(changes, change{"{" + wrong + "}", protocol.CodeBadSetting})
		}
		for _, body := range beside(good, `"timezone":"Nowhere/Ttcheck"`) {
			changes = append(changes, change{body, protocol.CodeBadSetting})
		}
		return changes
	})
}

// beside puts what is wrong after and before a good setting; nowhere without one.
func beside(good, wrong string) []string {
	if good == "" {
		return nil
	}
	return []string{"{" + good + "," + wrong + "}", "{" + wrong + "," + good + "}"}
}

// goodSetting is a member that would change a setting by little; empty if there is
// none that could be put back.
func goodSetting(now settings) string {
	seconds, err := strconv.Atoi(string(now["targetTimeDefault"]))
	if err != nil || seconds < 1 {
		return ""
	}
	return fmt.Sprintf(`"targetTimeDefault":%d`, seconds+1)
}

// expectNoChange posts changes; each must be refused, and the settings be as they
// were. Whatever was obeyed is put back before the next.
func expectNoChange(c *spec.C, of func(good string) []change) {
	before := mustShow(c)
	sure := true // whether the settings are known to be as they were
	c.Later(func() {
		if !sure {
			before.putBack(c, nil)
		}
	})
	for i, change := range of(goodSetting(before)) {
		sure = false
		what := fmt.Sprintf("POST %s with %s", protocol.PathSettings, change.body)
		res := postSettings(c, change.body)
		if i == 0 {
			mustExist(c, what, res)
		}
		expectRefusal(c, what, res, match.Refusal(), change.code)
		now, shown := show(c)
		c.Should(before.changed(now), "the settings after %s", what).ProvedBy(res.Exchange, shown.Exchange).
			To(match.NoFault("be as they were"))
		before.restore(c, now)
		sure = true
	}
}

// show reads the settings; none where there is no telling.
func show(c *spec.C) (settings, *client.Response) {
	res := c.Get(protocol.PathSettings)
	return settingsOf(res), res
}

// restore puts back what is not as it was. It ends the case if it cannot: more
// changes could only make it worse.
func (s settings) restore(c *spec.C, now settings) {
	if s.changed(now) == nil {
		return
	}
	s.putBack(c, now)
	now, shown := show(c)
	c.Expect(s.changed(now), "the settings, once they were put back,").ProvedBy(shown.Exchange).
		To(match.NoFault("be as they were"))
}

func postSettings(c *spec.C, body string) *client.Response {
	return c.Do(client.Request{
		Method: http.MethodPost, Path: protocol.PathSettings, Token: c.Token(),
		Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body),
	})
}
