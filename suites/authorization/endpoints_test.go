package authorization

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ttcheck/protocol"
)

// TestEveryEndpointHasItsLeave proves that no effect of an endpoint is unknown to
// the table, as an unknown one would need no leave.
func TestEveryEndpointHasItsLeave(t *testing.T) {
	t.Parallel()
	for i, k := range endpointCases() {
		endpoint := protocol.Secured[i]
		needs, known := leaveFor[endpoint.Effect]
		if !known {
			t.Errorf("%s: it is not known what its effect, %q, needs", endpoint, endpoint.Effect)
		}
		if len(k.Needs) != len(needs) || (endpoint.Effect != protocol.Reads && endpoint.Effect != protocol.ChangesTokens && len(needs) == 0) {
			t.Errorf("%s needs %v, want %v", endpoint, k.Needs, needs)
		}
		if k.Name != endpoint.Method+" "+strings.TrimPrefix(endpoint.Path, "/api/v2") {
			t.Errorf("%s is named %q", endpoint, k.Name)
		}
	}
}

func TestBodyFor(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"POST /api/v2/accesstoken/generate":      `null`,
		"GET /api/v2/activeorders":               `null`,
		"POST /api/v2/activeorders":              `{"name":"9001","orderType":"TO_GO"}`,
		"DELETE /api/v2/activeorders":            `null`,
		"POST /api/v2/activeorders/{id}/page":    `{"tracking":true}`,
		"GET /api/v2/gateway/settings":           `null`,
		"POST /api/v2/gateway/settings":          `{"targetTimeDefault":300}`,
		"POST /api/v2/gateway/activate":          `{"deviceCode":"000-0000-000"}`,
		"DELETE /api/v2/repeaters":               `null`,
		"POST /api/v2/repeaters/beginPairing":    `{"timeout":0}`,
		"POST /api/v2/repeaters/endPairing":      `null`,
		"POST /api/v2/register":                  `{"http_client":"http://127.0.0.1:9/"}`,
		"POST /api/v2/something/nobody/heard/of": `null`,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(name, " ")
			got, err := json.Marshal(bodyFor(protocol.Endpoint{Method: method, Path: path}, "9001"))
			if err != nil || string(got) != want {
				t.Errorf("the body is %s (%v), want %s", got, err, want)
			}
		})
	}
}

// TestEveryPostThatTakesABodyHasOne keeps the table in step with the endpoints: a
// request without the body that it needs would be refused for that.
func TestEveryPostThatTakesABodyHasOne(t *testing.T) {
	t.Parallel()
	without := map[string]bool{protocol.PathGenerate: true, protocol.PathEndPairing: true}
	for _, endpoint := range protocol.Secured {
		if endpoint.Method == http.MethodPost && (bodyFor(endpoint, "9001") == nil) != without[endpoint.Path] {
			t.Errorf("%s has the body %v", endpoint, bodyFor(endpoint, "9001"))
		}
	}
}

func TestFirstUUID(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"items":[{"uuid":"a"},{"uuid":"b"}]}`: "a",
		`{"items":[]}`:                          "",
		`{"items":[{"name":"1"}]}`:              "",
		`{"items":[{"uuid":7}]}`:                "",
		`{"items":{"uuid":"a"}}`:                "",
		`{}`:                                    "",
	}
	for list, want := range tests {
		o, err := protocol.ParseObject([]byte(list))
		if err != nil {
			t.Fatal(err)
		}
		if got := firstUUID(o); got != want {
			t.Errorf("the first UUID of %s is %q, want %q", list, got, want)
		}
	}
}
