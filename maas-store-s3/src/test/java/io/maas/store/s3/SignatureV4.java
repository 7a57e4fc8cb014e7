package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks requests as AWS Signature Version 4 says, with one key. */
final class SignatureV4 {
    static final String KEY = "AKIATESTTESTTESTTEST";
    static final String SECRET = "not-so-secret/of+the=tests";
    static final String REGION = "us-east-1";

    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+),"
                    + " ?Signature=([0-9a-f]{64})");

    private SignatureV4() {}

    /** Returns the error that the request deserves, if any. */
    static Optional<String> error(Exchange request) {
        Matcher parts = AUTHORIZATION.matcher(request.header("authorization").orElse(""));
        if (!parts.matches() || request.header("x-amz-content-sha256").isEmpty()) {
            return Optional.of("AccessDenied");
        }
        if (!parts.group(1).equals(KEY)) {
            return Optional.of("InvalidAccessKeyId");
        }
        if (!parts.group(3).equals(REGION)) {
            return Optional.of("AuthorizationHeaderMalformed");
        }
        List<String> signed = List.of(parts.group(4).split(";", -1));
        boolean allSigned = signed.contains("host")
                && request.headers.keySet().stream()
                        .filter(name -> name.startsWith("x-amz-") || name.equals("if-none-match"))
                        .allMatch(signed::contains);
        String scope = parts.group(2) + "/" + REGION + "/s3/aws4_request";
        String toSign = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                request.header("x-amz-date").orElse(""),
                scope,
                sha256(canonical(request, signed).getBytes(UTF_8)));
        byte[] key = ("AWS4" + SECRET).getBytes(UTF_8);
        for (String part : List.of(parts.group(2), REGION, "s3", "aws4_request")) {
            key = hmac(key, part);
        }
        boolean matches = HexFormat.of().formatHex(hmac(key, toSign)).equals(parts.group(5));
        return matches && allSigned ? Optional.empty() : Optional.of("SignatureDoesNotMatch");
    }

    private static String canonical(Exchange request, List<String> signed) {
        String query = request.rawQuery.isEmpty()
                ? ""
                : Arrays.stream(request.rawQuery.split("&", -1))
                        .map(parameter -> parameter.contains("=") ? parameter : parameter + "=")
                        .sorted()
                        .collect(Collectors.joining("&"));
        String headers = signed.stream()
                .map(name -> name + ":" + request.header(name).orElse("") + "\n")
                .collect(Collectors.joining());
        return String.join(
                "\n",
                request.method,
                request.rawPath,
                query,
                headers,
                String.join(";", signed),
                request.headers.get("x-amz-content-sha256"));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has HmacSHA256", e);
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
