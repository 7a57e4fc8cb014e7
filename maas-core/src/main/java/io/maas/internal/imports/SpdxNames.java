package io.maas.internal.imports;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The licences of model cards by their SPDX names. Those of the list of SPDX 3 that cards name in lower case. */
final class SpdxNames {
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("apache-2.0", "Apache-2.0"),
            Map.entry("mit", "MIT"),
            Map.entry("bsd", "BSD-3-Clause"),
            Map.entry("bsd-2-clause", "BSD-2-Clause"),
            Map.entry("bsd-3-clause", "BSD-3-Clause"),
            Map.entry("bsd-3-clause-clear", "BSD-3-Clause-Clear"),
            Map.entry("afl-3.0", "AFL-3.0"),
            Map.entry("artistic-2.0", "Artistic-2.0"),
            Map.entry("bsl-1.0", "BSL-1.0"),
            Map.entry("cc0-1.0", "CC0-1.0"),
            Map.entry("cc-by-2.0", "CC-BY-2.0"),
            Map.entry("cc-by-2.5", "CC-BY-2.5"),
            Map.entry("cc-by-3.0", "CC-BY-3.0"),
            Map.entry("cc-by-4.0", "CC-BY-4.0"),
            Map.entry("cc-by-sa-3.0", "CC-BY-SA-3.0"),
            Map.entry("cc-by-sa-4.0", "CC-BY-SA-4.0"),
            Map.entry("cc-by-nc-2.0", "CC-BY-NC-2.0"),
            Map.entry("cc-by-nc-3.0", "CC-BY-NC-3.0"),
            Map.entry("cc-by-nc-4.0", "CC-BY-NC-4.0"),
            Map.entry("cc-by-nd-4.0", "CC-BY-ND-4.0"),
            Map.entry("cc-by-nc-nd-3.0", "CC-BY-NC-ND-3.0"),
            Map.entry("cc-by-nc-nd-4.0", "CC-BY-NC-ND-4.0"),
            Map.entry("cc-by-nc-sa-2.0", "CC-BY-NC-SA-2.0"),
            Map.entry("cc-by-nc-sa-3.0", "CC-BY-NC-SA-3.0"),
            Map.entry("cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0"),
            Map.entry("cdla-permissive-1.0", "CDLA-Permissive-1.0"),
            Map.entry("cdla-permissive-2.0", "CDLA-Permissive-2.0"),
            Map.entry("cdla-sharing-1.0", "CDLA-Sharing-1.0"),
            Map.entry("ecl-2.0", "ECL-2.0"),
            Map.entry("epl-1.0", "EPL-1.0"),
            Map.entry("epl-2.0", "EPL-2.0"),
            Map.entry("eupl-1.1", "EUPL-1.1"),
            Map.entry("eupl-1.2", "EUPL-1.2"),
            Map.entry("agpl-3.0", "AGPL-3.0-only"),
            Map.entry("gpl-2.0", "GPL-2.0-only"),
            Map.entry("gpl-3.0", "GPL-3.0-only"),
            Map.entry("lgpl-2.1", "LGPL-2.1-only"),
            Map.entry("lgpl-3.0", "LGPL-3.0-only"),
            Map.entry("lppl-1.3c", "LPPL-1.3c"),
            Map.entry("isc", "ISC"),
            Map.entry("ms-pl", "MS-PL"),
            Map.entry("mpl-2.0", "MPL-2.0"),
            Map.entry("odbl", "ODbL-1.0"),
            Map.entry("odc-by", "ODC-By-1.0"),
            Map.entry("ofl-1.1", "OFL-1.1"),
            Map.entry("osl-3.0", "OSL-3.0"),
            Map.entry("pddl", "PDDL-1.0"),
            Map.entry("postgresql", "PostgreSQL"),
            Map.entry("ncsa", "NCSA"),
            Map.entry("unlicense", "Unlicense"),
            Map.entry("wtfpl", "WTFPL"),
            Map.entry("zlib", "Zlib"));

    private SpdxNames() {}

    static Optional<String> of(String card) {
        return Optional.ofNullable(KNOWN.get(card.strip().toLowerCase(Locale.ROOT)));
    }

    /** Returns a reference to a licence that SPDX has no name for. */
    static String reference(String card) {
        String plain = card.strip().replaceAll("[^A-Za-z0-9.-]+", "-").replaceAll("^-+|-+$", "");
        return "LicenseRef-" + (plain.isEmpty() ? "unknown" : plain);
    }
}
