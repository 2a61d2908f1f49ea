namespace Actors.Harness;

/// <summary>What code allocates on the thread that runs it.</summary>
public static class Allocations
{
    private const int Rounds = 5;

    /// <summary>The fewest bytes of several rounds: what the code itself allocates each time.</summary>
    /// <remarks>A collection that other threads bring about may count a little to this one, and code that is not yet optimised allocates more; neither in each of the rounds.</remarks>
    /// <param name="round">Runs on the caller's thread, once before it is measured.</param>
    public static long FewestBytes(Action round)
    {
        round();
        var fewest = long.MaxValue;
        for (var number = 0; number < Rounds; number++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }
}
