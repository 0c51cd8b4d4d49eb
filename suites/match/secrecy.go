package match

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
)

// HoldToken matches a response with a token in it: an object "token" with a
// string "token" that is not empty.
func HoldToken() types.GomegaMatcher {
	return matcher[*client.Response]{
		"hold a token",
		func(r *client.Response) (bool, string) {
			o, err := r.Object()
			if err != nil {
				return false, notObject(r, err)
			}
			token, err := o.Object("token")
			if err != nil {
				return false, fmt.Sprintf("HTTP %d, %v", r.Status, err)
			}
			secret, err := token.String("token")
			if err != nil {
				return false, fmt.Sprintf("HTTP %d, in the token object %v", r.Status, err)
			}
			if secret == "" {
				return false, fmt.Sprintf("HTTP %d with a token that is empty", r.Status)
			}
			return true, fmt.Sprintf("HTTP %d with a token", r.Status)
		},
	}
}

// tokenLike is what a token looks like, wherever it stands: a long run of
// hexadecimal digits, or a long word under a key that speaks of a token.
var tokenLike = regexp.MustCompile(`[0-9a-fA-F]{40,}|"(?i:access_?token|token)"\s*:\s*"[^"\s]{16,}"`)

// tokenInHeader is what a token looks like in a header, where runs of hexadecimal digits
// of other lengths are common: a session's cookie, a digest.
var tokenInHeader = regexp.MustCompile(`\b[0-9a-fA-F]{48}\b`)

// ShowToken matches a response in which anything stands that looks like a token,
// in its header or anywhere in its body. It never says what.
func ShowToken() types.GomegaMatcher {
	return matcher[*client.Response]{
		"show a token",
		func(r *client.Response) (bool, string) {
			shown := tokenLike.Match(r.Body)
			for _, values := range r.Header {
				shown = shown || slices.ContainsFunc(values, tokenInHeader.MatchString)
			}
			if shown {
				return true, fmt.Sprintf("HTTP %d with what looks like a token", r.Status)
			}
			return false, r.String()
		},
	}
}

// orderKeys are members that only order data has.
var orderKeys = []string{"uuid", "orderType", "locationName", "activeorder"}

// OrderData matches data that begins with JSON of any shape, one value or several
// in a row, in which data of an order stands.
func OrderData() types.GomegaMatcher {
	return matcher[[]byte]{
		"hold order data",
		func(data []byte) (bool, string) {
			// A gateway that goes on after a refusal writes a second value behind it.
			values := json.NewDecoder(bytes.NewReader(data))
			values.UseNumber() // so that no number is too large to be read past
			for found := "no JSON"; ; found = "no order data" {
				var value any
				if values.Decode(&value) != nil {
					return false, found
				}
				if member := orderMember(value, 0); member != "" {
					return true, "a member " + member
				}
			}
		},
	}
}

// orderMember names the member by which a value is order data; empty if it is none.
func orderMember(value any, depth int) string {
	if depth > protocol.MaxDepth {
		return ""
	}
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			if member := orderMember(element, depth+1); member != "" {
				return member
			}
		}
	case map[string]any:
		if v["type"] == string(protocol.ActiveOrders) {
			return fmt.Sprintf(`"type": %q`, protocol.ActiveOrders)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if slices.Contains(orderKeys, key) {
				return strconv.Quote(key)
			}
			if member := orderMember(v[key], depth+1); member != "" {
				return member
			}
		}
	}
	return ""
}
