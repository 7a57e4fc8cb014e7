/**
 * Who makes a request: access keys and tokens of an identity provider. Start at {@code CredentialGuard}; everything here may be used
 * from any thread.
 */
package io.maas.http.internal.auth;
