namespace Actors.Storage.BackEnds.Qemu;

/// <summary>A daemon refused a command.</summary>
internal sealed class QmpException(string command, string reason) : Exception($"{command}: {reason}");
