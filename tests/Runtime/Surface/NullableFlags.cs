namespace Actors.Runtime.Tests.Surface;

/// <summary>The compiler's nullable annotations of one signature, read in its order.</summary>
internal sealed class NullableFlags(IReadOnlyList<byte> flags)
{
    private int _index;

    /// <summary>"?" where null is allowed, "" where it is not, "~" where nothing is said.</summary>
    public string Next()
    {
        var flag = flags.Count == 1 ? flags[0] : _index < flags.Count ? flags[_index] : (byte)0;
        _index++;
        return flag switch { 1 => "", 2 => "?", _ => "~" };
    }
}
