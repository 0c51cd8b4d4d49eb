package wire_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"ttcheck/load/wire"
)

// event is about what a gateway sends for each change of an order.
const event = `{"type":"orderUpdated","seq":84,"uuid":"3f0c9a52-93a7-4a55-8c5e-0d6a8f1b2c3d","name":"9012",` +
	`"state":"located","stateStartedAt":"2026-05-04T10:11:12.123Z","orderStartedAt":"2026-05-04T10:09:00.000Z",` +
	`"locationName":"17","paged":false,"history":[{"state":"started","at":0},{"state":"located","at":132.5}],"x":null}`

func TestScan(t *testing.T) {
	t.Parallel()
	type fields struct {
		kind, name, state, location string
		seq                         int64
		hasSeq                      bool
	}
	for body, want := range map[string]fields{
		event:                           {"orderUpdated", "9012", "located", "17", 84, true},
		`{}`:                            {},
		" {\t}\r\n ":                    {},
		`{ "seq" : -5 , "type" : "a" }`: {kind: "a", seq: -5, hasSeq: true},
		`{"x":{"type":"no","seq":1},"y":[{"name":"no"}],"name":"yes"}`:            {name: "yes"},
		`{"type":"a","type":"b","seq":1,"seq":2}`:                                 {kind: "b", seq: 2, hasSeq: true},
		`{"type":"a","type":null,"seq":1,"seq":null}`:                             {kind: "a", seq: 1, hasSeq: true},
		`{"type":"\"\u00e4\\","name":"\ud83d\ude00"}`:                             {kind: `"ä\`, name: "😀"},
		`{"\u0074ype":"a","NAME":"b","ſtate":"c","LOCATIONname":"d"}`:             {"a", "b", "c", "d", 0, false},
		`{"type":5,"name":{},"state":[],"locationName":true,"seq":"84"}`:          {},
		`{"seq":9223372036854775807}`:                                             {seq: math.MaxInt64, hasSeq: true},
		`{"seq":-9223372036854775808}`:                                            {seq: math.MinInt64, hasSeq: true},
		`{"seq":-0}`:                                                              {hasSeq: true},
		`{"seq":9223372036854775808}`:                                             {},
		`{"seq":99999999999999999999}`:                                            {},
		`{"seq":84.0}`:                                                            {},
		`{"seq":84e0}`:                                                            {},
		`{"x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `,"seq":1}`: {seq: 1, hasSeq: true},
	} {
		f, err := wire.Scan([]byte(body))
		got := fields{string(f.Type), string(f.Name), string(f.State), string(f.Location), f.Seq, f.HasSeq}
		if err != nil || got != want {
			t.Errorf("%s: %+v (%v), not %+v", body, got, err, want)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", " ", "null", "1", `"x"`, "[]", "{", "}", "{}}", "{}x", "{},{}", "{} {}", "{,}",
		`{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1 "b":2}`, `{a:1}`, `{'a':1}`, `{"a":tru}`, `{"a":nul`, `{"a":undefined}`,
		`{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":-}`, `{"a":1e}`, `{"a":+1}`, `{"seq":01}`, `{"seq":-}`, `{"seq":1x}`,
		`{"a":[}`, `{"a":[1}`, `{"a":[1,]}`, `{"a":{]}`, `{"a":{"b"}}`, `{"a":{"b":1,}}`, `{"a":[1 2]}`,
		`{"a":"x}`, `{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"\u12`, `{"a":"\`, "{\"a\":\"\n\"}", "{\"long key, then a tab\t\":1}",
		`{"x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`,
		"\uFEFF{}",
	} {
		if f, err := wire.Scan([]byte(body)); err == nil {
			t.Errorf("%q is taken for an object: %+v", body, f)
		}
	}
}

// FuzzScan: what is an object to encoding/json, and nothing else, is one to Scan; and where
// encoding/json can decode it, the fields are the same.
func FuzzScan(f *testing.F) {
	for _, body := range []string{
		event, "{}", `{"Type":"a","ſtate":"b"}`, `{"type":"\u0041\ud800","seq":-0}`, `{"seq":1,"seq":null}`,
		`{"a":[{"b":[1,2.5e-3,true,false,null,"\\\""]},[]]}`, `{"x":"0123456789abcdef\u0020","y":"01234567\t"}`,
		`{"seq":1e2}`, `{"a":[}`, "{} x", `{"LocationName":"\n"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !utf8.Valid(body) {
			return // is refused before
		}
		got, err := wire.Scan(body)
		object := json.Valid(body) && strings.HasPrefix(strings.TrimLeft(string(body), " \t\r\n"), "{")
		if err == nil != object && (err == nil || depth(body) <= 64) {
			t.Fatalf("%q: %v, but that it is an object is %v", body, err, object)
		}
		if err != nil {
			return
		}
		type fields struct {
			Type     string `json:"type"`
			Name     string `json:"name"`
			State    string `json:"state"`
			Location string `json:"locationName"`
			Seq      int64  `json:"seq"`
		}
		one, two := fields{Seq: 1}, fields{Seq: 2}
		if json.Unmarshal(body, &one) != nil || json.Unmarshal(body, &two) != nil {
			return // a value of another kind
		}
		has := one.Seq == two.Seq
		if !has {
			one.Seq = 0
		}
		if (fields{string(got.Type), string(got.Name), string(got.State), string(got.Location), got.Seq}) != one || got.HasSeq != has {
			t.Fatalf("%q: %+v, not %+v, %v", body, got, one, has)
		}
	})
}

// depth is no less than how deeply a JSON text is nested.
func depth(body []byte) (deepest int) {
	open := 0
	for _, c := range body {
		switch c {
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		deepest = max(deepest, open)
	}
	return deepest
}
