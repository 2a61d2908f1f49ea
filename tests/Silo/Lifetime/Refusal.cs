using Actors.Harness;
using Actors.Silo.Lifetime;

namespace Actors.Silo.Tests.Lifetime;

/// <summary>A start that its operator has to help.</summary>
internal static class Refusal
{
    /// <summary>Fails unless the real program ends with a sentence of its own that has all these parts, and without a trace.</summary>
    public static async Task AssertAsync(SiloProcessOptions options, params string[] parts)
    {
        await using var silo = SiloProcess.Launch(options);

        Assert.Equal(ExitCodes.CannotStart, await silo.WaitForExitAsync());
        Assert.All(parts, part => Assert.Contains(part, silo.Errors));
        Assert.StartsWith("actors: ", silo.Errors);
        Assert.DoesNotContain('\n', silo.Errors);
        Assert.DoesNotContain("   at ", silo.Output);
    }
}
