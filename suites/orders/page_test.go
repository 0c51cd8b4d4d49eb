package orders

import (
	"testing"

	"ttcheck/client"
)

func TestNeedsTracker(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   bool
	}{
		{400, `{"returnCode":-13}`, true},
		{409, `{"returnCode":-14}`, true},
		{200, `{"returnCode":-14}`, true},
		{500, `{"returnCode":-14}`, false},
		{503, `{"returnCode":-13}`, false},
		{400, `{"returnCode":-15}`, false},
		{404, ``, false},
	} {
		res := &client.Response{Status: test.status, Body: []byte(test.body)}
		if got := needsTracker(res); got != test.want {
			t.Errorf("HTTP %d %s: needs a tracker %t, want %t", test.status, test.body, got, test.want)
		}
	}
}
