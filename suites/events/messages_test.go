package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
)

// message is what a socket makes of a text.
func message(text string) client.Message {
	m := client.Message{Data: []byte(text)}
	m.Object, m.Err = protocol.ParseObject(m.Data)
	return m
}

// told writes events about order u in short, as "MODIFIED located 10 paged": the
// type without its first word, the state, the location if any, paged if it is.
// They are numbered from 1 on unless a word "seq=N" says otherwise.
func told(events ...string) []client.Message {
	messages := make([]client.Message, 0, len(events))
	for i, event := range events {
		o := map[string]any{"uuid": "u", "locationName": "", "paged": false, "seq": i + 1, "elapsedTime": i}
		for j, word := range strings.Fields(event) {
			number, isSeq := strings.CutPrefix(word, "seq=")
			switch {
			case j == 0 && word == "SEEN":
				o["type"] = "TRACKER_SEEN"
			case j == 0:
				o["type"] = "ORDER_" + word
			case word == "started", word == "located", word == "cleared":
				o["state"] = word
			case word == "paged":
				o["paged"] = true
			case isSeq && number == "":
				delete(o, "seq")
			case isSeq:
				o["seq"] = json.RawMessage(number)
			default:
				o["locationName"] = word
			}
		}
		text, _ := json.Marshal(o)
		messages = append(messages, message(string(text)))
	}
	return messages
}

// sound is what a gateway tells of a whole life.
var sound = []string{"CREATED started", "MODIFIED located 10", "PAGED located 10 paged", "MODIFIED located 60 paged", "MODIFIED cleared 60 paged"}

var aLife = life{name: "9001", uuid: "u", first: "10", second: "60", paged: true, moved: true}

// recorded is a record of one life on a connection for each list of events.
func recorded(lists ...[]client.Message) record {
	r := record{lives: []life{aLife}}
	for i, messages := range lists {
		r.witnesses = append(r.witnesses, witness{
			channel: fmt.Sprintf("ws#%d", i+1), all: messages,
			told: map[string][]client.Message{"u": messages},
		})
	}
	return r
}

// check compares an error with a part of its text; "" stands for none.
func check(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("unexpected fault: %v", err)
	case want != "" && err == nil:
		t.Errorf("no fault, want one that says %q", want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Errorf("fault %q, want one that says %q", err, want)
	}
}
