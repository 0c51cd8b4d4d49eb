package events

import (
	"errors"
	"slices"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

var anOrder = protocol.Order{Name: "9079", UUID: "u-79"}

// heard is a message that a connection brought at a second.
func heard(second int, text string) client.Message {
	m := message(text)
	m.Exchange = client.Exchange{At: time.Duration(second) * time.Second, Channel: "ws#1", Received: text}
	return m
}

func request(second int, sent string) client.Exchange {
	return client.Exchange{At: time.Duration(second) * time.Second, Channel: "http", Sent: sent}
}

func TestCauseIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, sent string }{
		{"started", "POST /api/activeorders\nContent-Type: application/json\n\n{\"name\":\"9079\",\"orderType\":\"TO_GO\"}"},
		{"paged", "POST /api/activeorders/9079/page\n\n{\"tracking\":true}"},
		{"cleared", "DELETE /api/activeorders/9079\nAuthorization: x"},
		{"cleared by uuid", "DELETE /api/activeorders/u-79"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := request(2, test.sent)
			exchanges := []client.Exchange{
				request(1, "POST /api/activeorders/9079/page"), want, request(3, "GET /api/activeorders/9079"),
				request(4, "DELETE /api/activeorders/90791"), request(5, "POST /api/activeorders\n\n{\"name\":\"9083\"}"),
				{At: 6 * time.Second, Channel: "ws#1", Received: `{"name":"9079"}`},
			}
			if got := causeIn(exchanges, anOrder); got != want {
				t.Errorf("cause %+v, want %+v", got, want)
			}
		})
	}
	if got := causeIn([]client.Exchange{request(1, "GET /api/activeorders/9079"), {}}, anOrder); got != (client.Exchange{}) {
		t.Errorf("cause %+v of nothing", got)
	}
	if changes("DELETE /api/activeorders/", protocol.Order{}) {
		t.Error("an order without a name or uuid has a cause")
	}
}

func TestProofOf(t *testing.T) {
	t.Parallel()
	cause := request(5, "POST /api/activeorders/9079/page")
	created := heard(2, `{"type":"ORDER_CREATED","uuid":"u-79","name":"9079"}`)
	misspelt := heard(6, `{"type":"ORDER_PIGED","uuid":"u-79","name":"9079"}`)
	nameless := heard(7, `{"type":"ORDER_PAGED","name":"9079"}`)
	former := heard(1, `{"type":"ORDER_CREATED","uuid":"u-01","name":"9079"}`)
	other := heard(8, `{"type":"ORDER_CREATED","uuid":"u-83","name":"9083"}`)
	snapshot := heard(0, `{"type":"ACTIVE_ORDERS","items":[{"uuid":"u-79"}]}`)
	for _, test := range []struct {
		name    string
		brought []client.Message
		want    []client.Message
	}{
		{"about the order", []client.Message{snapshot, created, misspelt, other}, []client.Message{created, misspelt}},
		{"without a uuid", []client.Message{created, nameless, other}, []client.Message{created, nameless}},
		{"of the name before", []client.Message{former, misspelt}, []client.Message{misspelt}},
		{"none of it", []client.Message{snapshot, other}, []client.Message{other}},
		{"a snapshot alone", []client.Message{snapshot}, []client.Message{snapshot}},
		{"nothing", nil, nil},
		{"too many", []client.Message{created, created, misspelt, misspelt, misspelt, misspelt, nameless}, []client.Message{misspelt, misspelt, misspelt, misspelt, nameless}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := append([]client.Exchange{cause}, exchangesOf(test.want)...)
			if got := proofOf(cause, test.brought, anOrder); !slices.Equal(got, want) {
				t.Errorf("proof %+v, want %+v", got, want)
			}
		})
	}
	if got := proofOf(client.Exchange{}, []client.Message{other}, anOrder); !slices.Equal(got, exchangesOf([]client.Message{other})) {
		t.Errorf("proof %+v without a cause", got)
	}
}

func TestBecause(t *testing.T) {
	t.Parallel()
	cause := request(5, "DELETE /api/activeorders/9079")
	if err := because(cause, nil); err != nil {
		t.Errorf("fault %v of none", err)
	}
	six := slices.Repeat([]client.Message{heard(6, `{}`)}, maxProof)
	for _, err := range []error{faultf(six, "wrong"), errors.New("wrong")} {
		f, ok := errors.AsType[*fault](because(cause, err))
		if !ok || f.text != "wrong" || f.proof[0] != cause || len(f.proof) > maxProof {
			t.Errorf("fault %+v", f)
		}
	}
}

func TestWitnessProof(t *testing.T) {
	t.Parallel()
	l := aLife
	l.asked = requests{start: request(1, "start"), page: request(2, "page")}
	created, last := heard(2, `{"type":"ORDER_CREATED","uuid":"u"}`), request(9, "last")
	w := witness{told: map[string][]client.Message{"u": {created}}, latest: []client.Exchange{last}}
	for _, test := range []struct {
		name string
		w    witness
		err  error
		want []client.Exchange
	}{
		{"told", w, errors.New("wrong"), []client.Exchange{l.asked.start, created.Exchange}},
		{"missing", w, &fault{"wrong", []client.Exchange{l.asked.page}}, []client.Exchange{l.asked.page, created.Exchange}},
		{"named already", w, faultf([]client.Message{created}, "wrong"), []client.Exchange{created.Exchange}},
		{"untold", witness{latest: w.latest}, errors.New("wrong"), []client.Exchange{l.asked.start, last}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.w.proof(l, test.err); !slices.Equal(got, test.want) {
				t.Errorf("proof %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestOnChannel(t *testing.T) {
	t.Parallel()
	var all []client.Exchange
	for i := range 20 {
		all = append(all, client.Exchange{At: time.Duration(i), Channel: []string{"ws#1", "ws#2"}[i%2]})
	}
	got := onChannel(all, "ws#2")
	if len(got) != maxProof || got[maxProof-1].At != 19 || got[0].Channel != "ws#2" {
		t.Errorf("exchanges %+v", got)
	}
}

func TestCannotPage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   bool
	}{
		{400, `{"returnCode":-13}`, true},
		{400, `{"returnCode":-14}`, true},
		{200, `{"returnCode":-14}`, true},
		{500, `{"returnCode":-14}`, false},
		{503, `{"returnCode":-13}`, false},
		{503, `{"returnCode":-5}`, false},
		{400, `{"returnCode":-15}`, false},
		{404, ``, true},
		{405, ``, true},
		{501, ``, true},
	} {
		res := &client.Response{Status: test.status, Body: []byte(test.body)}
		if got := cannotPage(res); got != test.want {
			t.Errorf("HTTP %d %s: cannot page %t, want %t", test.status, test.body, got, test.want)
		}
	}
}
