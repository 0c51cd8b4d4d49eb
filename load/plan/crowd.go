package plan

// crowd is a set of sockets of which any one can be picked at random at once.
type crowd struct {
	members []int32
	place   []int32 // of a member among the members, by socket
}

// newCrowd has room for sockets below n.
func newCrowd(n int) crowd {
	return crowd{members: make([]int32, 0, n), place: make([]int32, n)}
}

// add takes in a socket that is not a member.
func (c *crowd) add(socket int) {
	c.place[socket] = int32(len(c.members))      //nolint:gosec // at most a million
	c.members = append(c.members, int32(socket)) //nolint:gosec // likewise
}

// remove lets a member go. The last member takes its place.
func (c *crowd) remove(socket int) {
	end := len(c.members) - 1
	hole, last := c.place[socket], c.members[end]
	c.members[hole] = last
	c.place[last] = hole
	c.members = c.members[:end]
}
