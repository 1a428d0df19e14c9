/** What a connector looks like in the portal: a plain bubble in the colour of its messenger. */
const colours: Readonly<Record<string, string>> = {
  whatsapp: "#25d366",
  telegram: "#2aabee",
  viber: "#7360f2",
  vk: "#0077ff",
  max: "#7b61ff",
  instagram: "#e1306c",
};

export function iconOf(network: string): { readonly DATA_IMAGE: string; readonly COLOR: string } {
  const colour = colours[network.toLowerCase()] ?? "#4a6cf7";
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#fff" d="M12 4c-4.7 0-8.5 3.1-8.5 7 0 2.200 1.200 4.100 3.100 5.400L6 20l3.700-2.200c.7.1 1.500.2 2.300.2 4.700 0 8.500-3.100 8.500-7S16.700 4 12 4z"/></svg>';
  return { DATA_IMAGE: `data:image/svg+xml;charset=US-ASCII,${encodeURIComponent(svg)}`, COLOR: colour };
}
