package authorization

import (
	"slices"
	"testing"

	"ttcheck/protocol"
)

func TestTells(t *testing.T) {
	t.Parallel()
	const uuid = "6f1c2a1e-8f1d-4c53-9a55-0b1f0f4f9d11"
	tests := map[string]struct {
		body, uuid, path string
		want             bool
	}{
		"nothing of it":              {`{"message":"no"}`, uuid, "/api/v2/activeorders/9001", false},
		"asked by name":              {`{"message":"order ` + uuid + ` needs a token"}`, uuid, "/api/v2/activeorders/9001", true},
		"asked by itself":            {`{"message":"no /api/v2/activeorders/` + uuid + `"}`, uuid, "/api/v2/activeorders/" + uuid, false},
		"no order to be told of":     {`{"message":"no"}`, "", "/api/v2/orders", false},
		"in what is no JSON":         {`<p>` + uuid + `</p>`, uuid, "/api/v2/orders", true},
		"no body":                    {``, uuid, "/api/v2/orders", false},
		"another order's is a doubt": {`{"message":"00000000-0000-4000-8000-000000000000"}`, uuid, "/api/v2/orders", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tells([]byte(test.body), test.uuid, test.path); (got != nil) != test.want {
				t.Errorf("it tells %v, want something: %t", got, test.want)
			}
		})
	}
}

func TestNamesOf(t *testing.T) {
	t.Parallel()
	var orders []protocol.Object
	for _, text := range []string{`{"name":"9001"}`, `{"name":7}`, `{}`, `{"name":"12"}`} {
		o, err := protocol.ParseObject([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		orders = append(orders, o)
	}
	if got, want := namesOf(orders), []string{"9001", "", "", "12"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
}
