namespace Actors.Member;

/// <summary>Blocks every thread that the pool has, and every one that the pool adds because nothing goes on.</summary>
internal static class Starvation
{
    /// <summary>More than the pool makes in many minutes.</summary>
    private const int Blocked = 5_000;

    private static readonly ManualResetEventSlim IsOver = new();

    /// <summary>Blocks them until <see cref="End"/>.</summary>
    public static void Begin()
    {
        // Not a task's Wait, for which the pool would make up with threads at once.
        for (var number = 0; number < Blocked; number++) ThreadPool.UnsafeQueueUserWorkItem(static isOver => isOver.Wait(), IsOver, preferLocal: false);
    }

    /// <summary>Lets them go.</summary>
    public static void End() => IsOver.Set();
}
