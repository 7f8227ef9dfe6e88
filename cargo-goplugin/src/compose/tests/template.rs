//! Apps with a registration of their own shape.

use super::*;

#[test]
fn a_template_becomes_the_registration_file() {
    let mut fixture = Fixture::new();
    fixture.app.registration = Registration::Template("plugins.go.tmpl".into());
    let template = "package main\n\nimport (\n\t// goplugin:each\n\t{{alias}} {{import}}\n\t// goplugin:end\n\t\"example.com/api\"\n)\n\n\
                    func init() {\n\t// goplugin:each\n\tadd({{name}}, {{version}}, {{alias}}.New())\n\t// goplugin:end\n}\n";
    fixture.write("app/plugins.go.tmpl", template);
    let before = fixture.facts();
    fixture.compose().unwrap();
    let expected = format!(
        "{GENERATED_HEADER}\n\npackage main\n\nimport (\n\t\"example.com/api\"\n\tp1 \"example.com/count\"\n)\n\n\
         func init() {{\n\tadd(\"count\", \"0.3.0\", p1.New())\n}}\n"
    );
    assert_eq!(fixture.composed("plugins.go"), expected);
    fixture.check().unwrap();

    fixture.write("app/plugins.go.tmpl", &template.replace("add(", "put("));
    assert_eq!(
        fixture.facts(),
        before,
        "what it does with plugins is nothing that the lock depends on"
    );
    fixture.write("app/plugins.go.tmpl", &template.replace("example.com/api", "example.com/other"));
    assert_ne!(fixture.facts(), before);

    fixture.write("app/plugins.go.tmpl", &template.replace("{{version}}", "{{verison}}"));
    let error = fixture.compose().unwrap_err();
    assert_eq!((error.id(), error.excerpt().unwrap().position()), (ErrorId::Compose, (12, 16)));
    fixture.write("app/plugins.go.tmpl", &template.replace("package main", "package other"));
    assert!(fixture.compose().unwrap_err().to_string().contains("package main"));
}
