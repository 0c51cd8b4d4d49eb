package websocket_test

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// loose is a gateway without orders that reads frames by itself, and overlooks what
// it is told to.
type loose struct {
	overlooks rule
	// handshake bends one before it is judged, or answers it itself.
	handshake func(w http.ResponseWriter, r *http.Request) (done bool)
	// patient has every frame start the 20 s anew.
	patient bool
	// huge is what comes of a frame that is too large; nil ends its connection.
	huge func(d *loose, p *peer)
	// broken is done beside the end of a connection that broke a rule.
	broken func(d *loose)

	mu    sync.Mutex
	down  bool
	peers map[*peer]bool
}

// rule is one that frames can break.
type rule string

const (
	masked       rule = "masked"
	reservedBits rule = "reserved bits"
	reserved     rule = "reserved opcode, taken for text"
	unknown      rule = "reserved opcode, ignored"
	begun        rule = "continuation"
	finished     rule = "message within a message"
	control      rule = "length of control frames"
	whole        rule = "fragments of control frames"
	text         rule = "UTF-8"
	textLater    rule = "UTF-8 of later messages"
	textWhole    rule = "UTF-8 of whole messages"
)

const deadline = 20 * time.Second / speedup

// peer is one connection, and the message that it has begun.
type peer struct {
	net.Conn
	served, open bool
	message      []byte
}

func (d *loose) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	down := d.down
	d.mu.Unlock()
	switch {
	case down:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case r.URL.Path == protocol.Base:
		_, _ = w.Write([]byte("{}"))
		return
	case d.handshake != nil && d.handshake(w, r):
		return
	}
	header := r.Header.Get("Authorization")
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	p := &peer{Conn: conn.NetConn()}
	defer p.Close()
	d.mu.Lock()
	d.peers[p] = true
	d.mu.Unlock()
	if header == "Bearer "+secret {
		p.serve()
	}
	d.listen(p)
	d.mu.Lock()
	delete(d.peers, p)
	d.mu.Unlock()
}

func (p *peer) serve() {
	p.served = true
	_ = p.SetReadDeadline(time.Time{})
	p.send(websocket.TextMessage, []byte(`{"type":"ACTIVE_ORDERS","count":0,"items":[]}`))
}

func (p *peer) send(opcode byte, payload []byte) {
	_, _ = p.Write(append([]byte{0x80 | opcode, byte(len(payload))}, payload...))
}

// listen reads frames until one breaks a rule, or the peer leaves.
func (d *loose) listen(p *peer) {
	if !p.served {
		_ = p.SetReadDeadline(time.Now().Add(deadline))
	}
	for d.hear(p) {
		if d.patient && !p.served {
			_ = p.SetReadDeadline(time.Now().Add(deadline))
		}
	}
	p.send(websocket.CloseMessage, []byte{1002 >> 8, 1002 & 0xff})
}

// hear takes one frame, and tells whether to go on.
func (d *loose) hear(p *peer) bool {
	var head [2]byte
	if _, err := io.ReadFull(p, head[:]); err != nil {
		return false
	}
	length := uint64(head[1] & 0x7f)
	switch length {
	case 126:
		var short uint16
		_ = binary.Read(p, binary.BigEndian, &short)
		length = uint64(short)
	case 127:
		_ = binary.Read(p, binary.BigEndian, &length)
	}
	if length > 1<<20 {
		if d.huge != nil {
			d.huge(d, p)
		}
		return false
	}
	var key [4]byte
	if head[1]&0x80 != 0 {
		_, _ = io.ReadFull(p, key[:])
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(p, payload); err != nil {
		return false
	}
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	if broken := breaks(p, head, payload); broken != "" && broken != d.overlooks && (broken != reserved || d.overlooks != unknown) {
		if d.broken != nil {
			d.broken(d)
		}
		return false
	}
	return d.take(p, head[0]&0x80 != 0, head[0]&0x0f, payload)
}

// breaks names the rule that a frame breaks, if it does.
func breaks(p *peer, head [2]byte, payload []byte) rule {
	final, opcode := head[0]&0x80 != 0, head[0]&0x0f
	switch {
	case head[1]&0x80 == 0:
		return masked
	case head[0]&0x70 != 0:
		return reservedBits
	case opcode > 2 && opcode < 8 || opcode > 10:
		return reserved
	case opcode == 0 && !p.open:
		return begun
	case opcode < 8 && opcode > 0 && p.open:
		return finished
	case opcode >= 8 && len(payload) > 125:
		return control
	case opcode >= 8 && !final:
		return whole
	}
	return ""
}

// take does what a frame asks for.
func (d *loose) take(p *peer, final bool, opcode byte, payload []byte) bool {
	switch {
	case opcode == websocket.PingMessage:
		p.send(websocket.PongMessage, payload)
		return true
	case opcode == websocket.CloseMessage:
		return false
	case opcode == websocket.PongMessage, d.overlooks == unknown && opcode > 2:
		return true
	case opcode == 0:
		p.message = append(p.message, payload...)
	default:
		p.message = payload
	}
	if p.open = !final; p.open {
		return true
	}
	one := opcode != 0
	unchecked := d.overlooks == text || d.overlooks == textLater && p.served || d.overlooks == textWhole && one
	if !utf8.Valid(p.message) && !unchecked {
		return false
	}
	if p.served {
		return true
	}
	var m struct{ AccessToken string }
	if json.Unmarshal(p.message, &m) != nil || m.AccessToken != secret {
		return false
	}
	p.serve()
	return true
}

// The ways in which one connection harms others.

func (d *loose) endAll() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for p := range d.peers {
		_ = p.Close()
	}
}

func (d *loose) goDown() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = true
}
