/** Python programs in tests: clients that others wrote, and tools that we must agree with. */
package io.maas.testkit.python;
