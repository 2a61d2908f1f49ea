namespace Orleans.Configuration;

/// <summary>The silo itself.</summary>
public class SiloOptions
{
    /// <summary>The silo's name; null: one is made from the machine's and the process' names.</summary>
    public string SiloName { get; set; } = null!;
}
