package io.maas.http;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the adapter and the doors between them. */
@AnalyzeClasses(packages = "io.maas.http", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyOneRoomKnowsJetty = noClasses()
            .that()
            .resideOutsideOfPackage("io.maas.http.internal.jetty")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.jetty..");

    @ArchTest
    static final ArchRule exchangesKnowNoTransport = noClasses()
            .that()
            .resideInAPackage("io.maas.http.internal.exchange")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.maas.http.internal.jetty", "io.maas.http", "io.maas.http.limits");

    @ArchTest
    static final ArchRule theInsideDoesNotKnowTheTop = noClasses()
            .that()
            .resideInAPackage("io.maas.http.internal..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.maas.http");

    @ArchTest
    static final ArchRule theAdapterIsAClientOfTheApi =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.maas.internal..");

    @ArchTest
    static final ArchRule theRoomsHaveNoCycles =
            slices().matching("io.maas.http.internal.(*)..").should().beFreeOfCycles();
}
