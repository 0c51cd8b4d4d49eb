package management

import (
	"encoding/json"
	"fmt"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The tie to the vendor's cloud. There is no documented way to undo it.

var activationCases = []spec.Case{
	{ID: "MGMT-06", Needs: reads, Run: answersItsState},
	{ID: "MGMT-07", Name: "malformed", Needs: changes, Run: refusesMalformedCodes},
	{ID: "MGMT-07", Name: "missing", Needs: changes, Run: refusesMissingCodes},
}

func answersItsState(c *spec.C) {
	res := c.Get(protocol.PathActivate)
	c.Expect(res, "GET %s", protocol.PathActivate).To(match.Success())
	c.Expect(holds(res, "state"), "the answer to GET %s", protocol.PathActivate).ProvedBy(res.Exchange).
		To(match.NoFault(`hold something under "state"`))
}

// malformedCodes differ from the documented form, 012-3456-789. Whatever part of
// one a careless gateway takes for a code is the one of the documentation.
var malformedCodes = []string{
	"ttcheck", "012-3456-78", "12-3456-789", "0123456789", "012_3456_789", "012-3456",
	"012-3456-7890", "x012-3456-789", "012-3456-789x", "012-3456-789-012", "０12-3456-789",
}

func refusesMalformedCodes(c *spec.C) {
	var attempts []attempt
	for _, code := range malformedCodes {
		attempts = append(attempts, attempt{map[string]any{"deviceCode": code}, []protocol.ReturnCode{protocol.CodeBadDeviceCode}})
	}
	expectCodesRefused(c, attempts)
}

// refusesMissingCodes also sends what is there but empty, which may be called
// either.
func refusesMissingCodes(c *spec.C) {
	missing := []protocol.ReturnCode{protocol.CodeDeviceCodeMissing}
	either := []protocol.ReturnCode{protocol.CodeDeviceCodeMissing, protocol.CodeBadDeviceCode}
	expectCodesRefused(c, []attempt{
		{map[string]any{}, missing},
		{map[string]any{"ttcheck": "012-3456-789"}, missing},
		{map[string]any{"deviceCode": ""}, either},
		{map[string]any{"deviceCode": nil}, either},
	})
}

// attempt is a body that must not activate the gateway, and the codes that
// describe what is wrong with it.
type attempt struct {
	body  map[string]any
	codes []protocol.ReturnCode
}

// expectCodesRefused ends the case at the first body that is obeyed: whatever came
// after it would be asked of an activated gateway.
func expectCodesRefused(c *spec.C, attempts []attempt) {
	for i, a := range attempts {
		sent, _ := json.Marshal(a.body)
		what := fmt.Sprintf("POST %s with %s", protocol.PathActivate, sent)
		res := c.Post(protocol.PathActivate, a.body)
		if i == 0 {
			mustExist(c, what, res)
			mustLook(c, res)
		}
		if res.Status/100 == 2 {
			c.Note("the gateway may now be tied to the cloud: there is no documented way to undo it")
			c.Expect(res, "%s", what).To(match.Refusal())
		}
		expectRefusal(c, what, res, match.Refusal(), a.codes...)
	}
}

// mustLook ends a case on a gateway that does not look at codes, as it is activated
// already.
func mustLook(c *spec.C, res *client.Response) {
	if spec.ReturnCode(res) == protocol.CodeAlreadyActivated {
		c.Unsupported("the gateway is activated already, and says so whatever the device code is")
	}
}
