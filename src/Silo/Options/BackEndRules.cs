namespace Actors.Silo.Options;

/// <summary>What the choice of a back end asks of the sections of all of them.</summary>
internal static class BackEndRules
{
    private static readonly (string BackEnd, string Section, string[] Needed)[] Sections =
    [
        (StorageOptions.QemuBackEndName, "Qemu", [nameof(QemuSettings.VolumesFolder), nameof(QemuSettings.PoolFolders)]),
        (StorageOptions.MayastorBackEndName, "Mayastor", [nameof(MayastorSettings.Address)]),
        (StorageOptions.LinstorBackEndName, "Linstor", [nameof(LinstorSettings.Address)]),
    ];

    /// <summary>What the chosen one lacks, and what is given for one that is not chosen.</summary>
    public static IEnumerable<OptionMistake> Check(BoundOptions bound)
    {
        var chosen = bound.Get<StorageOptions>().BackEnd;
        foreach (var (backEnd, section, needed) in Sections)
        {
            foreach (var option in bound.Effective.Where(option => option.Option.Section == section && bound.Mistakes.All(mistake => mistake.Key != option.Option.Key)))
            {
                if (chosen == backEnd && option.Value is null && needed.Contains(option.Option.Property.Name))
                    yield return new(option.Option.Key, null, option.Source, $"must be there when Storage:BackEnd is \"{backEnd}\"");
                else if (chosen != backEnd && option.Source != OptionSource.Default)
                    yield return new(option.Option.Key, option.Option.Show(option.Value), option.Source, $"is of no use without Storage:BackEnd={backEnd}");
            }
        }
    }
}
