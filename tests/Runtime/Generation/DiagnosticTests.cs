using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Tests.Generation;

/// <summary>What cannot cross a grain call is a compile error that says what to do.</summary>
public sealed class DiagnosticTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Orleans;
        using Orleans.Concurrency;
        using Orleans.Runtime;

        """;

    [Fact]
    public void Correct_code_has_no_findings_and_compiles()
    {
        var run = new GeneratorRun(Usings + """
            namespace Sample;
            [GenerateSerializer, Alias("order")] public sealed record Order([property: Id(0)] string Name, [property: Id(1)] Order? Before);
            [Alias("IOrders")] public interface IOrdersGrain : IGrainWithStringKey
            {
                [Alias("Put")] Task<Order?> Put(Order order, CancellationToken token);
                [Alias("All")] ValueTask<List<Order>> All();
                [Alias("Stop"), OneWay] ValueTask Stop();
            }
            """);
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
    }

    [Theory]
    [InlineData("Task Put(Thing thing);", "Thing", "add [GenerateSerializer]")]
    [InlineData("Task Put(List<Thing[]> things);", "List<Thing[]>", "add [GenerateSerializer]")]
    [InlineData("Task<Thing> Get();", "Thing", "add [GenerateSerializer]")]
    [InlineData("Task Put(object thing);", "object", "abstract record")]
    [InlineData("Task Put(IDisposable thing);", "IDisposable", "abstract record")]
    [InlineData("Task Put(Action thing);", "Action", "observer")]
    [InlineData("Task Put(System.Text.StringBuilder thing);", "StringBuilder", "not of this assembly")]
    [InlineData("Task Put(int[,] things);", "int[,]", "one dimension")]
    [InlineData("Task Put(CancellationToken first, int last);", "CancellationToken", "last parameter")]
    [InlineData("Task Put((int, int, int, int, int) five);", "(int, int, int, int, int)", "two to four")]
    [InlineData("Task Put(SampleGrain grain);", "SampleGrain", "use its interface")]
    [InlineData("Task Put(Box<int> box);", "Box<int>", "generic")]
    public void A_type_without_codec_is_an_error_that_says_what_to_add(string method, string type, string advice)
    {
        var run = new GeneratorRun(Usings + $$"""
            public sealed class Thing { public int Value { get; set; } }
            [GrainType("sample")] public sealed class SampleGrain : IMarker { }
            [Alias("M")] public interface IMarker : IGrainWithStringKey { }
            [Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m")] {{method}} }
            """,
            GeneratorRun.Library("Boxes", "[Orleans.GenerateSerializer] public sealed class Box<T> { }"));
        var finding = Single(run, "ACTR001", DiagnosticSeverity.Error);
        Assert.Contains(type, finding, StringComparison.Ordinal);
        Assert.Contains(advice, finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Actors.Kafka")]
    [InlineData("Actors.Log")]
    public void Types_of_the_protocol_and_the_log_do_not_cross_grain_calls(string assembly)
    {
        var library = GeneratorRun.Library(assembly, "namespace Other; [Orleans.GenerateSerializer] public sealed class Foreign { }");
        var run = new GeneratorRun(
            Usings + """[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m")] Task Put(Other.Foreign foreign); }""", library);
        Assert.Contains($"types of {assembly} do not cross grain calls", Single(run, "ACTR001", DiagnosticSeverity.Error), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_without_codec_is_an_error() =>
        Assert.Contains(
            "add [GenerateSerializer]",
            Single(
                """
                public sealed class Thing { }
                [GenerateSerializer, Alias("a")] public sealed class Message { [Id(0)] public Thing? Thing { get; set; } }
                """,
                "ACTR002",
                DiagnosticSeverity.Error),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("void Put();", "void")]
    [InlineData("int Put();", "int")]
    [InlineData("IAsyncEnumerable<int> Put();", "IAsyncEnumerable<int>")]
    public void A_method_returns_a_task(string method, string type) =>
        Assert.Contains(
            $"returns '{type}'",
            Single($$"""[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m")] {{method}} }""", "ACTR003", DiagnosticSeverity.Error),
            StringComparison.Ordinal);

    [Fact]
    public void A_one_way_method_has_no_result() =>
        Single("""[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m"), OneWay] Task<int> Put(); }""", "ACTR004", DiagnosticSeverity.Error);

    [Theory]
    [InlineData("""[Alias("I")] public interface ISample<T> : IGrainWithStringKey { }""", "generic")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m")] Task Put<T>(); }""", "generic")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m")] Task Put(ref int value); }""", "by reference")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { int Value { get; } }""", "not a method")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { event Action Changed; }""", "not a method")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { static abstract Task Put(); }""", "static abstract")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey, IAsyncDisposable { }""", "no grain interface")]
    [InlineData("""public class Outer { [Alias("I")] private interface ISample : IGrainWithStringKey { } }""", "make it internal")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("m"), ResponseTimeout("soon")] Task Put(); }""", "time span")]
    public void What_a_call_cannot_carry_is_an_error(string source, string reason) =>
        Assert.Contains(reason, Single(source, "ACTR005", DiagnosticSeverity.Error), StringComparison.Ordinal);

    [Theory]
    [InlineData("Alias(\"grain\")")]
    [InlineData("GenerateSerializer")]
    public void A_grain_class_is_no_message(string attribute) =>
        Single(
            $$"""
            [Alias("I")] public interface ISample : IGrainWithStringKey { }
            [GrainType("sample"), {{attribute}}] public sealed class SampleGrain : ISample { }
            """,
            "ACTR006",
            DiagnosticSeverity.Error);

    [Fact]
    public void Two_members_do_not_share_a_number() =>
        Assert.Contains(
            "Message.A and Message.B both have [Id(1)]",
            Single(
                """[GenerateSerializer, Alias("a")] public sealed class Message { [Id(1)] public int A { get; set; } [Id(1)] public int B { get; set; } }""",
                "ACTR007",
                DiagnosticSeverity.Error),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("public int Lost { get; set; }")]
    [InlineData("private int _lost;")]
    public void A_member_without_number_is_reported(string member) =>
        Single($$"""[GenerateSerializer, Alias("a")] public sealed class Message { {{member}} }""", "ACTR008", DiagnosticSeverity.Warning);

    [Fact]
    public void A_positional_member_without_number_is_reported() =>
        Single("""[GenerateSerializer, Alias("a")] public sealed record Message(int Lost);""", "ACTR008", DiagnosticSeverity.Warning);

    [Theory]
    [InlineData("public int Computed => 1;")]
    [InlineData("public static int Shared { get; set; }")]
    [InlineData("[field: NonSerialized] public int Forgotten { get; set; }")]
    [InlineData("[NonSerialized] private int _forgotten;")]
    public void What_is_not_carried_on_purpose_is_not_reported(string member) =>
        Assert.Empty(new GeneratorRun(Usings + $$"""[GenerateSerializer, Alias("a")] public sealed class Message { {{member}} }""").Diagnostics);

    [Theory]
    [InlineData("public interface ISample : IGrainWithStringKey { }", "ISample")]
    [InlineData("""[Alias("I")] public interface ISample : IGrainWithStringKey { Task Put(); }""", "ISample.Put")]
    [InlineData("[GenerateSerializer] public sealed class Message { }", "Message")]
    public void A_name_on_the_wire_that_is_not_fixed_is_reported(string source, string name) =>
        Assert.StartsWith(name + " has no [Alias", Single(source, "ACTR009", DiagnosticSeverity.Warning), StringComparison.Ordinal);

    [Theory]
    [InlineData("""public class Root { } [GenerateSerializer, Alias("a")] public sealed class Message : Root { }""", "derives from Root")]
    [InlineData("""public class Outer { [GenerateSerializer, Alias("a")] private sealed class Message { } }""", "make it internal")]
    [InlineData("""[GenerateSerializer, Alias("a")] public ref struct Message { }""", "ref struct")]
    [InlineData("""[GenerateSerializer, Alias("a")] public sealed class Message { [Id(0)] public int Computed => 1; }""", "no value of its own")]
    [InlineData("""[GenerateSerializer, Alias("a")] public sealed class Message { [Id(4000000000)] public int A { get; set; } }""", "largest number")]
    public void A_shape_without_codec_is_an_error(string source, string reason) =>
        Assert.Contains(reason, Single(source, "ACTR010", DiagnosticSeverity.Error), StringComparison.Ordinal);

    [Fact]
    public void Overloads_need_names_of_their_own() =>
        Single(
            """[Alias("I")] public interface ISample : IGrainWithStringKey { [Alias("Put")] Task Put(int a); [Alias("Put")] Task Put(string b); }""",
            "ACTR011",
            DiagnosticSeverity.Error);

    [Fact]
    public void A_grain_class_without_a_fixed_name_is_reported() =>
        Single(
            """[Alias("I")] public interface ISample : IGrainWithStringKey { } public sealed class SampleGrain : ISample { }""",
            "ACTR012",
            DiagnosticSeverity.Warning);

    [Fact]
    public void State_without_codec_is_an_error() =>
        Assert.Contains(
            "add [GenerateSerializer]",
            Single(
                """
                namespace Orleans.Runtime { [AttributeUsage(AttributeTargets.Parameter)] public sealed class PersistentStateAttribute(string name) : Attribute { public string Name => name; } }
                public sealed class Held { }
                public interface IState<T> { }
                [Alias("I")] public interface ISample : IGrainWithStringKey { }
                [GrainType("sample")] public sealed class SampleGrain([Orleans.Runtime.PersistentState("held")] IState<Held> held) : ISample { public IState<Held> Held => held; }
                """,
                "ACTR013",
                DiagnosticSeverity.Error),
            StringComparison.Ordinal);

    [Fact]
    public void A_broken_interface_is_reported_once_and_gets_no_code()
    {
        var run = new GeneratorRun(Usings + """
            [Alias("A")] public interface IBroken : IGrainWithStringKey { [Alias("m")] Task Put(object thing); }
            [Alias("B")] public interface IDerived : IBroken { [Alias("n")] Task Get(); }
            """);
        Single(run, "ACTR001", DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
        Assert.Empty(run.Result.GeneratedSources);
    }

    private static string Single(string source, string id, DiagnosticSeverity severity) => Single(new GeneratorRun(Usings + source), id, severity);

    private static string Single(GeneratorRun run, string id, DiagnosticSeverity severity)
    {
        var finding = Assert.Single(run.Diagnostics);
        Assert.Equal(id, finding.Id);
        Assert.Equal(severity, finding.Severity);
        Assert.True(finding.Location.GetLineSpan().IsValid);
        return finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
    }
}
