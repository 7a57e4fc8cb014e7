/** Who is let into a server, beside the bearers of access keys. */
package io.maas.http.auth;
