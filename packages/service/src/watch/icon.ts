/** The icon of the pages: a play sign on a frame. */
export const pageIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#6b4fd8"/><path d="M12 9.500v13l11-6.500z" fill="#fff"/></svg>
`;
