namespace Actors.Storage.BackEnds;

/// <summary>A back end whose pools are folders of this machine, so that their disks can be measured here.</summary>
public interface ILocalPools
{
    /// <summary>Names and folders of the pools that are there now.</summary>
    IReadOnlyList<(string Pool, string Folder)> PoolFolders();
}
