// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/**
 * Reads lines "flavour TAB path" and answers each with the broken rules, one per line as
 * "FAIL TAB clause-test TAB number of checks TAB message" (or "ERROR TAB text" when the file
 * cannot be read), followed by a line "DONE".
 */
public class CheckPdfA {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        System.setOut(System.err);
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] request = line.split("\t", 2);
            try {
                check(PDFAFlavour.fromString(request[0]), new File(request[1]), out);
            } catch (Exception error) {
                out.println("ERROR\t" + oneLine(error.toString()));
            }
            out.println("DONE");
        }
    }

    private static void check(PDFAFlavour flavour, File file, PrintStream out) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator =
                        Foundries.defaultInstance()
                                .createValidator(flavour, 10000, false, true, false)) {
            ValidationResult result = validator.validate(parser);
            if (result.isCompliant()) {
                return;
            }
            TreeMap<String, String> messages = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    messages.putIfAbsent(name(assertion.getRuleId()), assertion.getMessage());
                }
            }
            TreeMap<String, Integer> counts = new TreeMap<>();
            result.getFailedChecks().forEach((rule, count) -> counts.put(name(rule), count));
            counts.forEach(
                    (rule, count) ->
                            out.println(
                                    "FAIL\t" + rule + "\t" + count + "\t"
                                            + oneLine(messages.getOrDefault(rule, ""))));
            if (counts.isEmpty()) {
                out.println("FAIL\t?\t0\tnot compliant, no rule named");
            }
        }
    }

    private static String name(RuleId rule) {
        return rule.getClause() + "-" + rule.getTestNumber();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
