namespace Orleans.Runtime;

/// <summary>The stages of an activation's life.</summary>
public static class GrainLifecycleStage
{
    public const int First = int.MinValue;

    /// <summary>Persistent state is read.</summary>
    public const int SetupState = 1_000;

    /// <summary>The grain's own activation runs.</summary>
    public const int Activate = 2_000;

    public const int Last = int.MaxValue;
}
