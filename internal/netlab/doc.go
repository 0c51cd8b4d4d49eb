// Package netlab makes small networks out of Linux network namespaces, for tests: a
// switch, hosts that are joined to it, and the processes that run on them. Addresses
// really change there, carriers are really lost, and nothing reaches the machine's
// own network. It needs root and iproute2; where a lab cannot be had, the test is
// skipped and says why.
package netlab
