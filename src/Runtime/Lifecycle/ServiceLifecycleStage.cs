namespace Orleans;

/// <summary>The stages of a silo's life.</summary>
public static class ServiceLifecycleStage
{
    public const int First = int.MinValue;

    public const int RuntimeInitialize = 2_000;

    public const int RuntimeServices = 4_000;

    public const int RuntimeStorageServices = 6_000;

    public const int RuntimeGrainServices = 8_000;

    public const int AfterRuntimeGrainServices = 8_100;

    public const int ApplicationServices = 10_000;

    public const int ValidateInitialConnectivity = 19_900;

    public const int GrainDirectoryShutdown = 19_997;

    /// <summary>On the way down, all activations end here.</summary>
    public const int GrainDeactivation = 19_998;

    public const int BecomeActive = 19_999;

    /// <summary>The silo serves.</summary>
    public const int Active = 20_000;

    public const int Last = int.MaxValue;
}
