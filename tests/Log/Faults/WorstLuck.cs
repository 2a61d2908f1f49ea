namespace Actors.Log.Tests.Faults;

/// <summary>For <see cref="SimulatedFileSystem.AfterPowerLoss"/>: everything that was not synced is lost.</summary>
internal sealed class WorstLuck : Random
{
    public override int Next(int maxValue) => 0;

    public override int Next(int minValue, int maxValue) => minValue;

    public override double NextDouble() => 0;
}
