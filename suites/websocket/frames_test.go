package websocket

import (
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
)

// TestAcceptFor is the example of RFC 6455 §1.3.
func TestAcceptFor(t *testing.T) {
	t.Parallel()
	if got, want := acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; got != want {
		t.Errorf("the key is answered %q, want %q", got, want)
	}
}

// TestUnusualFormsAreRight proves that what a gateway must understand is right.
func TestUnusualFormsAreRight(t *testing.T) {
	t.Parallel()
	message := `{"accesstoken":"` + secret + `"}`
	var split []byte
	for i, f := range emptyLast([]byte(message)) {
		if f.Final != (i == 1) || f.Unmasked || f.RSV != 0 || (f.Opcode == client.OpText) != (i == 0) {
			t.Errorf("frame %d is %+v", i, f)
		}
		split = append(split, f.Payload...)
	}
	for _, text := range []string{string(split), roomy(secret)} {
		o, err := protocol.ParseObject([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if token, err := o.String("accesstoken"); err != nil || token != secret {
			t.Errorf("%q passes the token %q (%v)", text, token, err)
		}
	}
	if roomy(secret) == message {
		t.Error("there is no white space in the roomy message")
	}
}

func TestPayloadsFitAControlFrame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, payload := range payloads {
		if len(payload) > 125 || seen[payload] {
			t.Errorf("payload %q", payload)
		}
		seen[payload] = true
	}
}
