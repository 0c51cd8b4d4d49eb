package management

import (
	"fmt"
	"net/http"
	"net/url"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Repeaters: listing them, and pairing, which is never really begun.

var repeatersCases = []spec.Case{
	{ID: "MGMT-04", Needs: reads, Run: listsRepeaters},
	{ID: "MGMT-04", Name: "bad refresh", Needs: reads, Run: refusesBadRefreshes},
}

var pairingCases = []spec.Case{
	{ID: "MGMT-08", Needs: changes, Run: refusesBadPairingTimeouts},
}

func listsRepeaters(c *spec.C) {
	res := c.Get(protocol.PathRepeaters)
	c.Expect(res, "GET %s", protocol.PathRepeaters).To(match.Success())
	c.Expect(res, "the answer to GET %s", protocol.PathRepeaters).To(match.ReturnCode(protocol.CodeRepeaters))
}

// refusesBadRefreshes asks with what is a boolean in no spelling.
func refusesBadRefreshes(c *spec.C) {
	for i, refresh := range []string{"ttcheck", "perhaps", "truetrue"} {
		what := fmt.Sprintf("GET %s with refresh %q", protocol.PathRepeaters, refresh)
		res := c.Get(protocol.PathRepeaters, url.Values{"refresh": {refresh}})
		if i == 0 {
			mustExist(c, what, res)
		}
		expectRefusal(c, what, res, match.Refusal(), protocol.CodeBadBoolean)
	}
}

// badTimeouts are outside 0 to 254 s. Some come within once they are cut to a byte.
var badTimeouts = []any{255, 256, 316, 1000, -1, "ttcheck"}

// timeoutCodes describe a bad timeout; the glossary has more than one.
var timeoutCodes = []protocol.ReturnCode{
	protocol.CodeBadTimeout, protocol.CodeBadTimeoutParameter, protocol.CodeTimeoutOutOfBounds,
}

func refusesBadPairingTimeouts(c *spec.C) {
	end := func() *client.Response { return c.Post(protocol.PathEndPairing, nil) }
	c.Later(func() { end() })
	for i, timeout := range badTimeouts {
		res := beginPairing(c, timeout)
		what := fmt.Sprintf("POST %s with timeout %v", protocol.PathBeginPairing, timeout)
		if i == 0 {
			mustExist(c, what, res)
		}
		if res.Status/100 == 2 {
			if ended := end(); ended.Status/100 != 2 {
				c.Note("after %s pairing may be on: POST %s was answered %s", what, protocol.PathEndPairing, ended)
			}
		}
		expectRefusal(c, what, res, match.Refusal(), timeoutCodes...)
	}
}

// beginPairing passes the timeout both ways, in the query and in the body: which of
// them is read is not documented, and one that is not read would begin a pairing of
// the default length.
func beginPairing(c *spec.C, timeout any) *client.Response {
	return c.Do(client.Request{
		Method: http.MethodPost, Path: protocol.PathBeginPairing, Token: c.Token(),
		Query: url.Values{"timeout": {fmt.Sprint(timeout)}}, JSON: map[string]any{"timeout": timeout},
	})
}
