package match

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
)

// Status matches a response with one of the HTTP status codes.
func Status(codes ...int) types.GomegaMatcher {
	return matcher[*client.Response]{
		"be answered " + list(codes),
		func(r *client.Response) (bool, string) {
			return r.Err == nil && slices.Contains(codes, r.Status), answer(r)
		},
	}
}

// Success matches a 2xx response.
func Success() types.GomegaMatcher { return class(2, "be answered 2xx") }

// Refusal matches a 4xx response: the request was understood and refused. A 5xx
// is no refusal but a failure (RFC 9110 §15.5, §15.6).
func Refusal() types.GomegaMatcher { return class(4, "be refused with 4xx") }

func class(hundreds int, expected string) types.GomegaMatcher {
	return matcher[*client.Response]{
		expected,
		func(r *client.Response) (bool, string) { return r.Err == nil && r.Status/100 == hundreds, answer(r) },
	}
}

// ReturnCode matches a response with one of the return codes.
func ReturnCode(codes ...protocol.ReturnCode) types.GomegaMatcher {
	return matcher[*client.Response]{
		"carry returnCode " + list(codes),
		func(r *client.Response) (bool, string) {
			o, err := r.Object()
			if err != nil {
				return false, notObject(r, err)
			}
			code, err := o.Int("returnCode")
			if err != nil {
				return false, fmt.Sprintf("HTTP %d, %v", r.Status, err)
			}
			return slices.Contains(codes, protocol.ReturnCode(code)), answer(r)
		},
	}
}

// MirroredStatus matches a response whose "status" is its HTTP status.
func MirroredStatus() types.GomegaMatcher {
	return matcher[*client.Response]{
		`mirror the HTTP status in "status"`,
		func(r *client.Response) (bool, string) {
			o, err := r.Object()
			if err != nil {
				return false, notObject(r, err)
			}
			status, err := o.Int("status")
			if err != nil {
				return false, fmt.Sprintf("HTTP %d, %v", r.Status, err)
			}
			return int(status) == r.Status, fmt.Sprintf("HTTP %d, status %d", r.Status, status)
		},
	}
}

// JSONObject matches a response whose body is one JSON object.
func JSONObject() types.GomegaMatcher {
	return matcher[*client.Response]{
		"have one JSON object as its body",
		func(r *client.Response) (bool, string) {
			if _, err := r.Object(); err != nil {
				return false, notObject(r, err)
			}
			return true, "a JSON object"
		},
	}
}

// JSONType matches a response that is labelled application/json.
func JSONType() types.GomegaMatcher {
	return matcher[*client.Response]{
		"be labelled application/json",
		func(r *client.Response) (bool, string) {
			label := redact(r.Header.Get("Content-Type"))
			kind, _, err := mime.ParseMediaType(label)
			return err == nil && strings.EqualFold(kind, "application/json"), fmt.Sprintf("Content-Type %.80q", label)
		},
	}
}

func notObject(r *client.Response, err error) string {
	if r.Err != nil {
		return answer(r)
	}
	return fmt.Sprintf("HTTP %d with a body that is %v", r.Status, err)
}

func list[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, " or ")
}
