using Actors.Runtime.Generator;
using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Tests.Generation;

/// <summary>An edit regenerates only what it concerns.</summary>
public sealed class IncrementalTests
{
    private const string Source = """
        using System.Threading.Tasks;
        using Orleans;
        namespace Sample;
        [GenerateSerializer, Alias("order")] public sealed record Order([property: Id(0)] string Name);
        [Alias("IOrders")] public interface IOrdersGrain : IGrainWithStringKey { [Alias("Put")] Task Put(Order order); }
        [GrainType("orders")] public sealed class OrdersGrain : IOrdersGrain { public Task Put(Order order) => Task.CompletedTask; }
        """;

    private static readonly string[] Steps = [GrainCodeGenerator.TypesStep, GrainCodeGenerator.InterfacesStep, GrainCodeGenerator.ClassesStep];

    [Fact]
    public void Code_elsewhere_changes_nothing()
    {
        var run = new GeneratorRun(Source);
        run.Add("namespace Elsewhere { public static class Helper { public static int One => 1; } }");
        AssertNothingNew(run);
    }

    [Fact]
    public void An_edit_within_a_method_changes_nothing()
    {
        var run = new GeneratorRun(Source);
        run.Replace(Source.Replace("=> Task.CompletedTask", "=> Task.FromResult(order)", StringComparison.Ordinal));
        AssertNothingNew(run);
    }

    [Fact]
    public void A_new_member_regenerates_its_codec()
    {
        var run = new GeneratorRun(Source);
        run.Replace(Source.Replace("string Name)", "string Name, [property: Id(1)] int Count)", StringComparison.Ordinal));
        Assert.Contains(Reasons(run, GrainCodeGenerator.TypesStep), static reason => reason == IncrementalStepRunReason.Modified);
        Assert.DoesNotContain(Reasons(run, GrainCodeGenerator.InterfacesStep), static reason => reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New);
        Assert.Contains("value.Count", run.Result.GeneratedSources.Single(static one => one.HintName.StartsWith("Codec_", StringComparison.Ordinal)).SourceText.ToString(), StringComparison.Ordinal);
    }

    private static void AssertNothingNew(GeneratorRun run)
    {
        foreach (var step in Steps)
        {
            Assert.All(Reasons(run, step), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {reason}"));
            Assert.NotEmpty(Reasons(run, step));
        }

        var outputs = run.Result.TrackedOutputSteps.SelectMany(static pair => pair.Value).SelectMany(static step => step.Outputs).ToList();
        Assert.NotEmpty(outputs);
        Assert.All(outputs, static output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, output.Reason.ToString()));
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRun run, string step) =>
        run.Result.TrackedSteps[step].SelectMany(static one => one.Outputs).Select(static output => output.Reason);
}
