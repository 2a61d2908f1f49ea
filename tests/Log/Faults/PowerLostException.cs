namespace Actors.Log.Tests.Faults;

/// <summary>The power is gone: nothing that is done to the file system after this happens.</summary>
internal sealed class PowerLostException() : IOException("The power is gone.");
