package history

import (
	"net/http"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Parameters that are no values of their kind. What is only unusual, such as an
// empty value, a limit of 0 or a date without a time, is open and left alone.

var refusalCases = []spec.Case{
	{ID: "HIST-10", Name: "limit", Needs: reads, Run: refuses("limit", protocol.CodeBadLimit, badNumbers)},
	{ID: "HIST-10", Name: "offset", Needs: reads, Run: refuses("offset", protocol.CodeBadOffset, badNumbers)},
	{ID: "HIST-10", Name: "created_after", Needs: reads, Run: refuses("created_after", protocol.CodeBadDate, badDates)},
	{ID: "HIST-10", Name: "created_before", Needs: reads, Run: refuses("created_before", protocol.CodeBadDate, badDates)},
	{ID: "HIST-10", Name: "type", Needs: reads, Run: refuses("order_type", protocol.CodeBadType, badTypes)},
}

var (
	badNumbers = []string{"abc", "-1", "-25", "1.5", "10abc", "ten", "0x10", "--1"}
	badDates   = []string{"yesterday", "2024-13-45T00:00:00", "2024-02-30T12:00:00", "2023-02-29T12:00:00", "2024-06-01T25:00:00", "2024-06-01T12:61:00", "T", "-1"}
	badTypes   = []string{"SIDEWAYS", "ON_PREMISESS", "TO", "GO", "12", "TO_GO_"}
)

// refuses tries one parameter with bad values. It goes on after a finding, so
// that a report names every value that is not refused.
func refuses(key string, code protocol.ReturnCode, bad []string) func(*spec.C) {
	return func(c *spec.C) {
		for _, value := range bad {
			p := params{key: value}
			res := ask(c, p)
			c.Should(res, "%s", p).To(match.Status(http.StatusBadRequest))
			if res.Status == http.StatusBadRequest {
				c.Should(res, "%s", p).To(match.ReturnCode(code))
			}
		}
	}
}
